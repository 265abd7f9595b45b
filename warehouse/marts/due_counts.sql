-- One row per department: how many leads it has to work at the export, how many of them are overdue, each under its weightiest reason, and how many fall due.
WITH stock AS (
  SELECT department, count(*) AS open_leads FROM open_leads GROUP BY department
),
due AS (
  SELECT
    department,
    count_if(status = 'overdue') AS overdue,
    count_if(status = 'overdue' AND reason = 'untouched') AS untouched,
    count_if(status = 'overdue' AND reason = 'no_owner') AS no_owner,
    count_if(status = 'overdue' AND reason = 'owner_left') AS owner_left,
    count_if(status = 'overdue' AND reason = 'next_action') AS next_action,
    count_if(status = 'overdue' AND reason = 'no_next_step') AS no_next_step,
    count_if(status = 'today') AS due_today,
    count_if(status = 'next_day') AS due_next_day
  FROM due_leads
  GROUP BY department
)
SELECT
  coalesce(stock.department, due.department) AS department,
  coalesce(stock.open_leads, 0) AS open_leads,
  coalesce(due.overdue, 0) AS overdue,
  coalesce(due.untouched, 0) AS untouched,
  coalesce(due.no_owner, 0) AS no_owner,
  coalesce(due.owner_left, 0) AS owner_left,
  coalesce(due.next_action, 0) AS next_action,
  coalesce(due.no_next_step, 0) AS no_next_step,
  coalesce(due.due_today, 0) AS due_today,
  coalesce(due.due_next_day, 0) AS due_next_day
FROM stock
FULL JOIN due ON due.department = stock.department
