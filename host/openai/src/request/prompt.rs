//! The prompt as pieces of the body, and how each kind of prompt is read.

use std::ops::Range;

use xxhash_rust::xxh64::xxh64;

use super::BodyError;
use crate::json::{Cursor, Kind, Text};

/// A part of the prompt and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A string, decoded.
    Text(Text),
    /// JSON as it stands.
    Raw(Range<usize>),
    /// An array of this many token ids.
    Tokens(Range<usize>, usize),
    /// An image, sound or video.
    Media(Range<usize>),
    /// What ends a role, and a message.
    LineFeed,
}

impl Piece {
    pub(super) fn len(&self) -> usize {
        match self {
            Piece::Text(text) => text.decoded_len(),
            Piece::Raw(span) => span.len(),
            Piece::Tokens(_, count) => count * 4,
            Piece::Media(_) => 8,
            Piece::LineFeed => 1,
        }
    }

    pub(super) fn append_to(&self, body: &[u8], out: &mut Vec<u8>) {
        match self {
            Piece::Text(text) => text.append_to(body, out),
            Piece::Raw(span) => out.extend_from_slice(&body[span.clone()]),
            Piece::Tokens(span, _) => {
                let ids = body[span.clone()].split(|byte| !byte.is_ascii_digit());
                for id in ids.filter(|id| !id.is_empty()) {
                    out.extend_from_slice(&token_id(id).unwrap_or_default().to_le_bytes());
                }
            }
            Piece::Media(span) => {
                out.extend_from_slice(&xxh64(&body[span.clone()], 0).to_le_bytes());
            }
            Piece::LineFeed => out.push(b'\n'),
        }
    }
}

/// A token id, which must be digits alone.
fn token_id(literal: &[u8]) -> Option<u32> {
    let digits = literal.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        Some((value * 10 + digit).min(u64::from(u32::MAX) + 1))
    });
    u32::try_from(digits?).ok()
}

pub(super) fn wrong_type(field: &str, expected: &'static str, found: Kind) -> BodyError {
    BodyError::WrongType {
        field: field.to_owned(),
        expected,
        found: found.name(),
    }
}

/// Reads a prompt that is a string, a list of strings, token ids, or lists of those. `nested` is the
/// position of a list inside of a list.
pub(super) fn texts_or_tokens(
    cursor: &mut Cursor<'_>,
    field: &str,
    pieces: &mut Vec<Piece>,
) -> Result<(), BodyError> {
    const EXPECTED: &str = "a string, a list of strings, or a list of token ids";
    match cursor.kind()? {
        Kind::String => pieces.push(Piece::Text(cursor.string()?)),
        Kind::Array => {
            let mark = cursor.mark();
            let mut items = cursor.array()?;
            let mut position = 0;
            while items.next(cursor)? {
                let name = || format!("{field}[{position}]");
                match cursor.kind()? {
                    Kind::String => pieces.push(Piece::Text(cursor.string()?)),
                    Kind::Array => pieces.push(tokens(cursor, &name())?),
                    Kind::Number if position == 0 => {
                        cursor.rewind(mark);
                        pieces.push(tokens(cursor, field)?);
                        return Ok(());
                    }
                    found => {
                        return Err(wrong_type(
                            &name(),
                            "a string or a list of token ids",
                            found,
                        ));
                    }
                }
                position += 1;
            }
        }
        found => return Err(wrong_type(field, EXPECTED, found)),
    }
    Ok(())
}

/// Reads a list of token ids.
pub(super) fn tokens(cursor: &mut Cursor<'_>, field: &str) -> Result<Piece, BodyError> {
    const EXPECTED: &str = "a token id (0 to 4294967295)";
    let found = cursor.kind()?;
    if found != Kind::Array {
        return Err(wrong_type(field, "a list of token ids", found));
    }
    let mut items = cursor.array()?;
    let start = cursor.at();
    let mut count = 0;
    while items.next(cursor)? {
        let found = cursor.kind()?;
        let span = cursor.skip()?;
        if token_id(&cursor.body()[span]).is_none() {
            return Err(wrong_type(&format!("{field}[{count}]"), EXPECTED, found));
        }
        count += 1;
    }
    Ok(Piece::Tokens(start..cursor.at(), count))
}

/// Reads a list of messages (or of a conversation's items).
pub(super) fn messages(
    cursor: &mut Cursor<'_>,
    field: &str,
    pieces: &mut Vec<Piece>,
) -> Result<(), BodyError> {
    let found = cursor.kind()?;
    if found != Kind::Array {
        return Err(wrong_type(field, "a list of messages", found));
    }
    let mut items = cursor.array()?;
    let mut position = 0;
    while items.next(cursor)? {
        let found = cursor.kind()?;
        if found != Kind::Object {
            return Err(wrong_type(
                &format!("{field}[{position}]"),
                "an object",
                found,
            ));
        }
        message(cursor, pieces)?;
        position += 1;
    }
    Ok(())
}

/// Reads one message. Keys may come in any order and twice; the last of a name counts.
fn message(cursor: &mut Cursor<'_>, pieces: &mut Vec<Piece>) -> Result<(), BodyError> {
    let whole = cursor.mark();
    let start = pieces.len();
    let mut role = None;
    let mut tool_calls = None;
    let mut has_content = false;
    let mut members = cursor.object()?;
    while let Some(key) = members.next(cursor)? {
        match &*key.decoded(cursor.body()) {
            b"role" => role = text_or_skip(cursor)?,
            b"content" => {
                pieces.truncate(start);
                // The role stands before the content, wherever its key does.
                pieces.extend([Piece::LineFeed, Piece::LineFeed]);
                content(cursor, pieces)?;
                has_content = true;
            }
            b"tool_calls" => {
                let kind = cursor.kind()?;
                let span = cursor.skip()?;
                tool_calls = (kind != Kind::Null).then_some(span);
            }
            _ => {
                cursor.skip()?;
            }
        }
    }
    if role.is_none() && tool_calls.is_none() && !has_content {
        // No message at all, such as the output of a function.
        cursor.rewind(whole);
        pieces.push(Piece::Raw(cursor.skip()?));
        return Ok(());
    }
    if !has_content {
        pieces.extend([Piece::LineFeed, Piece::LineFeed]);
    }
    match role {
        Some(role) => pieces[start] = Piece::Text(role),
        None => drop(pieces.remove(start)),
    }
    pieces.extend(tool_calls.map(Piece::Raw));
    pieces.push(Piece::LineFeed);
    Ok(())
}

/// Reads the content of a message, or a system text: a string or a list of parts.
pub(super) fn content(cursor: &mut Cursor<'_>, pieces: &mut Vec<Piece>) -> Result<(), BodyError> {
    match cursor.kind()? {
        Kind::String => pieces.push(Piece::Text(cursor.string()?)),
        Kind::Null => {
            cursor.skip()?;
        }
        Kind::Array => {
            let mut items = cursor.array()?;
            while items.next(cursor)? {
                let piece = match cursor.kind()? {
                    Kind::String => Piece::Text(cursor.string()?),
                    Kind::Object => part(cursor)?,
                    _ => Piece::Raw(cursor.skip()?),
                };
                pieces.push(piece);
            }
        }
        _ => pieces.push(Piece::Raw(cursor.skip()?)),
    }
    Ok(())
}

fn part(cursor: &mut Cursor<'_>) -> Result<Piece, BodyError> {
    let start = cursor.at();
    let mut kind = None;
    let mut text = None;
    let mut members = cursor.object()?;
    while let Some(key) = members.next(cursor)? {
        match &*key.decoded(cursor.body()) {
            b"type" => kind = text_or_skip(cursor)?,
            b"text" => text = text_or_skip(cursor)?,
            _ => {
                cursor.skip()?;
            }
        }
    }
    let span = start..cursor.at();
    let kind = kind
        .map(|kind| kind.decoded(cursor.body()))
        .unwrap_or_default();
    let kind = kind.strip_prefix(b"input_").unwrap_or(&kind);
    if [&b"image"[..], b"audio", b"video"]
        .iter()
        .any(|media| kind.starts_with(media))
    {
        return Ok(Piece::Media(span));
    }
    Ok(text.map_or(Piece::Raw(span), Piece::Text))
}

fn text_or_skip(cursor: &mut Cursor<'_>) -> Result<Option<Text>, BodyError> {
    if cursor.kind()? == Kind::String {
        return Ok(Some(cursor.string()?));
    }
    cursor.skip()?;
    Ok(None)
}
