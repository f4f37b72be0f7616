//! Pure decision making: snapshot, columns, profiles, filter, score, pick, decision record.
