-- Why did sessions begin? `first` is a visitor of whom nothing was known.
SELECT cut, COUNT(*) AS sessions
FROM sessions
GROUP BY cut
ORDER BY sessions DESC, cut;
