//! The endpoints a call is about, and their numbers.
//!
//! A call carries row numbers and one flat list of numbers; [`Endpoints`] is a view of both that finds
//! a column by its name. It copies nothing.

use std::borrow::Borrow;

use crate::bindings::types::Endpoint;
use crate::{Column, Needs, Scalar, log};

/// The endpoints of one call.
#[derive(Debug, Clone, Copy)]
pub struct Endpoints<'a> {
    rows: &'a [u32],
    inputs: &'a [f64],
    needs: &'a Needs,
}

impl<'a> Endpoints<'a> {
    pub(crate) fn new(rows: &'a [u32], inputs: &'a [f64], needs: &'a Needs) -> Self {
        Self {
            rows,
            inputs,
            needs,
        }
    }

    /// Their row numbers, in the host's order.
    pub fn rows(&self) -> &'a [u32] {
        self.rows
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none, as before the first profile ran.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One value per row, in their order. Empty, with an error in the log, for a column that the
    /// plugin's needs do not name.
    pub fn column(&self, column: impl Borrow<Column>) -> &'a [f64] {
        let column = column.borrow();
        let rows = self.rows.len();
        self.needs
            .column_position(column)
            .and_then(|position| self.inputs.get(position * rows..(position + 1) * rows))
            .unwrap_or_else(|| undeclared(column.name(), &[]))
    }

    /// The rows for which `stays` is true of their position and number: what a filter answers.
    pub fn keep(&self, mut stays: impl FnMut(usize, u32) -> bool) -> Vec<u32> {
        let mut kept = Vec::with_capacity(self.rows.len());
        for (at, &row) in self.rows.iter().enumerate() {
            if stays(at, row) {
                kept.push(row);
            }
        }
        kept
    }

    /// One number about the request. NaN, with an error in the log, for a scalar that the plugin's
    /// needs do not name.
    pub fn scalar(&self, scalar: impl Borrow<Scalar>) -> f64 {
        let scalar = scalar.borrow();
        let first = self.needs.column_count() * self.rows.len();
        self.needs
            .scalar_position(scalar)
            .and_then(|position| self.inputs.get(first + position).copied())
            .unwrap_or_else(|| undeclared(scalar.name(), f64::NAN))
    }
}

#[cold]
fn undeclared<T>(name: &str, instead: T) -> T {
    log::error(&format!(
        "the plugin read `{name}`, which its `needs` do not name"
    ));
    instead
}

/// Something a plugin worked out about every endpoint when membership last changed, found by row.
///
/// Names and labels cross into a plugin only then, so a rule about them is worked out once per
/// generation and is an array access afterwards.
#[derive(Debug, Clone)]
pub struct PerRow<T> {
    values: Vec<Option<T>>,
}

impl<T> Default for PerRow<T> {
    fn default() -> Self {
        Self { values: Vec::new() }
    }
}

impl<T> PerRow<T> {
    /// Works out the value of each endpoint.
    pub fn resolve(endpoints: &[Endpoint], mut value: impl FnMut(&Endpoint) -> T) -> Self {
        let length = endpoints
            .iter()
            .map(|endpoint| endpoint.row as usize + 1)
            .max()
            .unwrap_or(0);
        let mut values = Vec::new();
        values.resize_with(length, || None);
        for endpoint in endpoints {
            values[endpoint.row as usize] = Some(value(endpoint));
        }
        Self { values }
    }

    /// The value of the endpoint in this row; `None` if there is no such endpoint.
    pub fn get(&self, row: u32) -> Option<&T> {
        self.values.get(row as usize)?.as_ref()
    }
}

impl PerRow<bool> {
    /// Whether it is true of the endpoint in this row; false if there is no such endpoint.
    pub fn holds(&self, row: u32) -> bool {
        self.get(row) == Some(&true)
    }
}

impl Endpoint {
    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels
            .iter()
            .find(|label| label.key == key)
            .map(|label| label.value.as_str())
    }

    /// `address:port`, with an IPv6 address in brackets.
    pub fn host_port(&self) -> String {
        if self.address.contains(':') {
            format!("[{}]:{}", self.address, self.port)
        } else {
            format!("{}:{}", self.address, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn columns_and_scalars_are_found_by_name() {
        let needs = Needs::none()
            .column(Column::WaitingRequests)
            .optional_column(Column::KvCacheUsage)
            .scalar(Scalar::PromptTokens)
            .optional_scalar(Scalar::BlockTokens);
        let inputs = [1.0, 2.0, 0.25, 0.5, 300.0, 16.0];
        let endpoints = Endpoints::new(&[4, 7], &inputs, &needs);
        assert_eq!(endpoints.len(), 2);
        assert_eq!(endpoints.column(Column::WaitingRequests), [1.0, 2.0]);
        assert_eq!(endpoints.column(&Column::KvCacheUsage), [0.25, 0.5]);
        assert_eq!(endpoints.scalar(Scalar::PromptTokens), 300.0);
        assert_eq!(endpoints.scalar(Scalar::BlockTokens), 16.0);
    }

    #[test]
    fn rows_are_kept_by_position_and_number() {
        let needs = Needs::none().column(Column::WaitingRequests);
        let endpoints = Endpoints::new(&[4, 7, 9], &[1.0, 5.0, 2.0], &needs);
        let waiting = endpoints.column(Column::WaitingRequests);
        let kept = endpoints.keep(|at, row| waiting[at] < 3.0 && row != 4);
        assert_eq!(kept, [9]);
    }

    #[test]
    fn an_undeclared_name_is_logged() {
        let needs = Needs::none();
        let endpoints = Endpoints::new(&[0], &[], &needs);
        assert!(endpoints.column(Column::LoraMax).is_empty());
        assert!(endpoints.scalar(Scalar::Stream).is_nan());
        let lines: Vec<String> = testing::take_log().into_iter().map(|line| line.1).collect();
        assert_eq!(
            lines,
            [
                "the plugin read `lora-max`, which its `needs` do not name",
                "the plugin read `stream`, which its `needs` do not name"
            ]
        );
    }

    #[test]
    fn values_are_found_by_row_and_gaps_are_none() {
        let endpoints = [testing::endpoint(5), testing::endpoint(2)];
        let names = PerRow::resolve(&endpoints, |endpoint| endpoint.name.clone());
        let check = |row: u32, want: Option<&str>| {
            assert_eq!(names.get(row).map(String::as_str), want, "row {row}");
        };
        check(2, Some("pod-2"));
        check(5, Some("pod-5"));
        check(0, None);
        check(6, None);
        assert!(PerRow::<u8>::default().get(0).is_none());
        let even = PerRow::resolve(&endpoints, |endpoint| endpoint.row % 2 == 0);
        assert_eq!([2, 5, 9].map(|row| even.holds(row)), [true, false, false]);
    }

    #[test]
    fn an_ipv6_address_is_bracketed() {
        let check = |address: &str, want: &str| {
            let mut endpoint = testing::endpoint(0);
            endpoint.address = address.to_owned();
            assert_eq!(endpoint.host_port(), want);
        };
        check("10.0.0.7", "10.0.0.7:8000");
        check("2001:db8::7", "[2001:db8::7]:8000");
    }
}
