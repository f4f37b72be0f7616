//! A lazy JSON reader: one walk, no tree, and the same verdict as a full parser.
//!
//! It accepts and refuses exactly what `serde_json::from_slice::<serde_json::Value>` does over the whole
//! body, because the picker must neither pass on a body it misread nor refuse one a server would take.
//! The walk hands out spans; strings are decoded only when somebody asks.

mod cursor;
mod error;
mod number;
mod specials;
mod text;

pub use cursor::{Cursor, Items, Kind, Mark, Members};
pub use error::{Fault, JsonError};
pub use text::Text;

pub(crate) use specials::plain_len;
pub(crate) use text::decode;
