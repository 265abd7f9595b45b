-- title: {ja: "過ぎたアポには結果が入っている", en: "Every appointment that is past has its outcome"}
-- severity: warning
-- tolerance: 0.25
-- looks_at: [appointments]
-- needs: [appointments.status, appointments.scheduled_at]
-- kpis: [appointments_held, no_shows]
-- sentence: {ja: "予定日を2日より過ぎても「予定」のままのアポが{count}件あります：{examples}", en: "Appointments still planned more than two days after their day: {count} ({examples})"}
-- fix: {ja: "担当者が実施・無断欠席・キャンセル・日程変更のどれかに更新します。", en: "The owner sets held, no-show, cancelled or rescheduled."}
SELECT
  appointments.appointment_id AS record,
  CAST(appointments.scheduled_at AS DATE) AS value,
  date_diff('day', CAST(appointments.scheduled_at AS DATE), export_clock.as_of_date) AS days,
  members.department
FROM appointments
CROSS JOIN export_clock
LEFT JOIN leads ON leads.lead_id = appointments.lead_id
LEFT JOIN members ON members.member_id = appointments.set_by
WHERE appointments.status = 'planned' AND coalesce(leads.is_test, FALSE) = FALSE
  AND date_diff('day', CAST(appointments.scheduled_at AS DATE), export_clock.as_of_date) > 2
ORDER BY value, record
