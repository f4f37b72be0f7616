//! Plain tables: the first column to the left, the others to the right or to the left as well.

/// Where the cells of a table lie, but for the first column, which is always to the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Lines of `rows`, numbers under numbers. Rows may differ in length.
pub fn aligned(rows: &[Vec<String>]) -> String {
    lines(rows, Side::Right)
}

/// Lines of `rows`, words under words. Rows may differ in length.
pub fn aligned_left(rows: &[Vec<String>]) -> String {
    lines(rows, Side::Left)
}

fn lines(rows: &[Vec<String>], side: Side) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<_> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            line.push_str(&match (column, side) {
                (0, _) => format!("{cell:<width$}"),
                (_, Side::Left) => format!("  {cell:<width$}"),
                (_, Side::Right) => format!("  {cell:>width$}"),
            });
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["", "a", "long"], ["name", "123", "4"]];
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(ToString::to_string).collect())
            .collect();
        assert_eq!(aligned(&rows), "        a  long\nname  123     4\n");
        assert_eq!(aligned_left(&rows), "      a    long\nname  123  4\n");
    }
}
