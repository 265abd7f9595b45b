"""Made-up names: companies, people, e-mail addresses at reserved domains, telephone numbers nobody has."""

from random import Random

FAMILY = ("佐東 sato,鈴希 suzuki,高端 takahashi,田仲 tanaka,渡鍋 watanabe,井藤 ito,山元 yamamoto,中邑 nakamura,小囃 kobayashi,"
          "可藤 kato,吉多 yoshida,山多 yamada,笹木 sasaki,松下部 matsushitabe,井乃上 inoue,木邑 kimura,林野 hayashino,清瑞 shimizu,"
          "森乃 morino,池辺田 ikebeta,橋元 hashimoto,石河 ishikawa,前多 maeda,藤多 fujita,岡元 okamoto,長谷山 haseyama,"
          "髙嶋 takashima,村神 murakami,近堂 kondo,坂元 sakamoto,遠堂 endo,青樹 aoki,西邑 nishimura,福多 fukuda,"
          "三浦野 miurano,藤居 fujii,岡多 okada,松元 matsumoto,中川瀬 nakagawase,中乃 nakano,原多 harada,小乃 ono")
GIVEN = "蓮,湊,樹生,悠真,陽翔,颯太,大翔,直哉,和也,健司,誠一,浩二,隆志,智也,亮介,拓郎,葵,陽菜,結衣,美咲,彩花,真央,由佳,恵子,裕子,千尋,沙織,香織,麻衣,奈々"
PLACES = "凪,霧ヶ,雪見,星乃,風越,花咲,緑ヶ,朝凪,夕映,若鮎,千鳥,藍瀬,碧,銀杏,椿,鶴見野,白妙,萌黄,茜,瑠璃"
LANDS = "浦,嶺,原野,坂台,川瀬,岬,森ノ,泉"
TRADES = ("製作所,物流,システム,フーズ,商事,化学,電機,建設,不動産,精密,紙業,薬品,繊維,印刷,設備,運輸,金属,工業,産業,"
          "ソリューションズ,クリエイト,テック,データ,メディカル,トラベル,エナジー,リース,警備,ホーム")
FORMS = ("株式会社{}", "{}株式会社", "株式会社{}", "{}株式会社", "㈱{}", "{}（株）", "有限会社{}", "{}合同会社")
ODD = ('株式会社 "凪" ラボ', "O'Kaze & Sons 合同会社", "ミナモ,ホールディングス㈱", "髙嶺①システム㈱", "Hoshinagi, Inc.（星凪）",
       "㈱A&B<設計>", "株式会社“ことのは”", "㈱100%カカオ工房", "カブシキガイシャ アオバト", "株式会社　みそら野")
ODD_EVERY = 240
AREAS = ("03-0000", "06-0000", "050-0000", "052-000", "092-000")


class Directory:
    """Draws companies and the people in them; an e-mail address is given out once."""

    def __init__(self, rng: Random):
        names = [place + land + trade for place in PLACES.split(",") for land in LANDS.split(",") for trade in TRADES.split(",")]
        rng.shuffle(names)
        self.companies = [rng.choice(FORMS).format(name) for name in names]
        self.companies[::ODD_EVERY] = (ODD * len(names))[: len(self.companies[::ODD_EVERY])]
        self.addresses: set[str] = set()

    def contact(self, rng: Random) -> dict[str, str]:
        """Company, contact_name, email and phone of somebody new."""
        number = rng.randrange(len(self.companies))
        family, romaji = rng.choice(FAMILY.split(",")).split()
        email = f"{romaji}@c{number}.example.jp"
        if email in self.addresses:
            return self.contact(rng)
        self.addresses.add(email)
        return {"company": self.companies[number], "contact_name": f"{family} {rng.choice(GIVEN.split(','))}",
                "email": email, "phone": f"{rng.choice(AREAS)}-{rng.randrange(10000):04d}"}
