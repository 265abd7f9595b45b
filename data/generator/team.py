"""Who works here: twelve members and one who left, with the pace, the skill and the share of leads of each."""

from dataclasses import dataclass
from datetime import date, timedelta

RAMP_WEEKS = 12


@dataclass(frozen=True)
class Member:
    """One person; `pace` is touches a day, `skill` multiplies every step of a talk, `share` weighs new leads."""

    member_id: str
    name: str
    department: str
    motion: str
    team: str
    joined_on: date
    left_on: date | None = None
    pace: int = 0
    skill: float = 1.0
    share: int = 0

    def works_on(self, day: date) -> bool:
        """Whether the member is with the team on that day."""
        return self.joined_on <= day and (self.left_on is None or day <= self.left_on)

    def ramp(self, day: date) -> float:
        """How far a new member has come, from 0.15 on the first day to 1 after twelve weeks."""
        weeks = (day - self.joined_on) // timedelta(weeks=1)
        return min(1.0, 0.15 + 0.85 * max(0, weeks) / (RAMP_WEEKS - 1))


MEMBERS = (
    Member("M01", "水無瀬 千景", "marketing", "", "デマンド", date(2022, 4, 1)),
    Member("M02", "古賀原 樹", "marketing", "", "デマンド", date(2023, 10, 2)),
    Member("M03", "鳴沢 美緒", "inside_sales", "sdr", "インバウンド", date(2022, 10, 3), pace=28, skill=1.06, share=60),
    Member("M04", "戸叶 健吾", "inside_sales", "sdr", "インバウンド", date(2024, 4, 1), pace=25, skill=0.92, share=44),
    Member("M05", "入江田 翔", "inside_sales", "sdr", "インバウンド", date(2023, 4, 3), date(2025, 12, 26), 19, 0.88, 34),
    Member("M06", "柏倉 真帆", "inside_sales", "bdr", "アウトバウンド", date(2023, 7, 3), pace=21),
    Member("M07", "瀬能 大和", "inside_sales", "bdr", "アウトバウンド", date(2024, 10, 1), pace=20, skill=0.95),
    Member("M08", "桐ヶ谷 修司", "field_sales", "", "東日本", date(2021, 4, 1)),
    Member("M09", "五十里 玲奈", "field_sales", "", "東日本", date(2022, 1, 4)),
    Member("M10", "百瀬川 亮", "field_sales", "", "東日本", date(2023, 4, 3)),
    Member("M11", "安曇 沙也香", "field_sales", "", "西日本", date(2022, 7, 1)),
    Member("M12", "楠元 拓海", "field_sales", "", "西日本", date(2024, 4, 1)),
    Member("M13", "若狭野 莉子", "inside_sales", "sdr", "インバウンド", date(2026, 8, 24), pace=20, share=34),
)
BY_ID = {member.member_id: member for member in MEMBERS}
INSIDE = [member for member in MEMBERS if member.department == "inside_sales"]
FIELD = [member for member in MEMBERS if member.department == "field_sales"]
LEAVER = next(member for member in MEMBERS if member.left_on)


def inbound_team(day: date) -> list[Member]:
    """The SDRs who take new leads on that day."""
    return [member for member in INSIDE if member.motion == "sdr" and member.works_on(day)]
