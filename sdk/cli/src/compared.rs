//! Two answers, side by side.

use switchyard_build::table::aligned_left;

use crate::trial::answer::{Part, Word};

/// Both, part by part, under these heads; those that differ are marked.
pub(crate) fn table(heads: [&str; 2], one: &[Part], other: &[Part]) -> String {
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(heads.map(str::to_owned));
    for name in names(one, other) {
        let (left, right) = (find(one, name), find(other, name));
        let mark = if left == right { "" } else { "<-" };
        let cells = [name.as_str(), &shown(left), &shown(right), mark];
        rows.push(cells.map(str::to_owned).to_vec());
    }
    aligned_left(&rows)
}

/// Only the parts that differ.
pub(crate) fn differing(heads: [&str; 2], one: &[Part], other: &[Part]) -> String {
    let differ = |(name, _): &&Part| find(one, name) != find(other, name);
    let of = |parts: &[Part]| parts.iter().filter(differ).cloned().collect::<Vec<_>>();
    table(heads, &of(one), &of(other))
}

fn names<'a>(one: &'a [Part], other: &'a [Part]) -> Vec<&'a String> {
    let mut names: Vec<&String> = one.iter().map(|(name, _)| name).collect();
    let further = other.iter().map(|(name, _)| name);
    names.extend(further.filter(|name| find(one, name).is_none()));
    names
}

fn find<'a>(parts: &'a [Part], name: &str) -> Option<&'a Word> {
    let found = parts.iter().find(|(known, _)| known == name);
    found.map(|(_, word)| word)
}

fn shown(word: Option<&Word>) -> String {
    word.map_or_else(|| "-".to_owned(), Word::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn number(name: &str, number: f64) -> Part {
        (name.to_owned(), Word::Number(number))
    }

    #[test]
    fn what_differs_is_shown_side_by_side() {
        let expected = [
            number("pod-0", 1.0),
            number("pod-1", 0.5),
            number("pod-2", 0.0),
        ];
        let got = [
            number("pod-0", 1.0),
            number("pod-1", 0.25),
            number("row 9", f64::NAN),
        ];
        expect![[r#"
                   expected  got
            pod-0  1         1
            pod-1  0.5       0.25  <-
            pod-2  0         -     <-
            row 9  -         NaN   <-
        "#]]
        .assert_eq(&table(["expected", "got"], &expected, &got));
        expect![[r#"
                   first  again
            pod-1  0.5    0.25   <-
            pod-2  0      -      <-
            row 9  -      NaN    <-
        "#]]
        .assert_eq(&differing(["first", "again"], &expected, &got));
    }
}
