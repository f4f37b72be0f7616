//! The walk over a request's top-level object.

use super::field::{Field, MAX_TOKENS_NAMES};
use super::prompt::{self, Piece, wrong_type};
use super::{BodyError, FirstMember, Kind, MissingModel, RequestBody};
use crate::json::{self, Cursor, Text};

/// What was read so far. A key may come twice, and then the last one counts: reading a field replaces
/// what an earlier one of that name said, its mistakes too.
pub(super) struct Reading<'a> {
    cursor: Cursor<'a>,
    read: RequestBody,
    model: Option<Text>,
    cache_salt: Option<Text>,
    max_tokens: [Option<u64>; MAX_TOKENS_NAMES],
    sampling_max_tokens: Option<u64>,
    tools: Option<Piece>,
    system: Vec<Piece>,
    /// `None`: missing or null.
    messages: Option<Vec<Piece>>,
    prompt: Option<Vec<Piece>>,
    mistakes: Vec<(Field, BodyError)>,
}

impl<'a> Reading<'a> {
    /// Reads all of `body`.
    pub(super) fn new(kind: Kind, body: &'a [u8]) -> Result<Self, BodyError> {
        let mut reading = Self {
            cursor: Cursor::new(body)?,
            read: RequestBody {
                kind,
                ..RequestBody::load_only()
            },
            model: None,
            cache_salt: None,
            max_tokens: [None; MAX_TOKENS_NAMES],
            sampling_max_tokens: None,
            tools: None,
            system: Vec::new(),
            messages: None,
            prompt: None,
            mistakes: Vec::new(),
        };
        reading.walk()?;
        Ok(reading)
    }

    /// What it comes to, once nothing is missing.
    pub(super) fn finish(mut self, missing: MissingModel) -> Result<RequestBody, BodyError> {
        if let Some((_, mistake)) = self.mistakes.into_iter().next() {
            return Err(mistake);
        }
        let body = self.cursor.body();
        let kind = self.read.kind;
        self.read.model = self
            .model
            .map(|text| text.to_string(body))
            .filter(|model| !model.is_empty());
        if self.read.model.is_none() && kind.needs_model() && missing == MissingModel::Refuse {
            return Err(BodyError::Missing { field: "model" });
        }
        self.read.cache_salt = self.cache_salt.map(|text| text.to_string(body));
        let by_name = self.max_tokens.into_iter().rev().flatten().next();
        self.read.max_tokens = by_name.or(self.sampling_max_tokens);

        let main = match (self.messages.or(self.prompt), kind.prompt_field()) {
            (None, Some(field)) => return Err(BodyError::Missing { field }),
            (Some(pieces), Some(field)) if is_empty(&pieces) => {
                return Err(BodyError::Empty { field });
            }
            (pieces, _) => pieces.unwrap_or_default(),
        };
        let mut pieces = Vec::from_iter(self.tools);
        pieces.append(&mut self.system);
        if pieces.is_empty() {
            pieces = main;
        } else {
            pieces.push(Piece::LineFeed);
            pieces.extend(main);
        }
        self.read.prompt_bytes = pieces.iter().map(Piece::len).sum();
        self.read.pieces = pieces;
        Ok(self.read)
    }

    fn walk(&mut self) -> Result<(), BodyError> {
        let found = self.cursor.kind()?;
        if found != json::Kind::Object {
            // Malformed or no object: the first is said first.
            self.cursor.skip()?;
            self.cursor.end()?;
            return Err(BodyError::NotAnObject {
                found: found.name(),
            });
        }
        let mut members = self.cursor.object()?;
        let mut first = FirstMember {
            at: self.cursor.at(),
            others: false,
        };
        while let Some(key) = members.next(&mut self.cursor)? {
            first.others = true;
            match Field::of(self.read.kind, &key.decoded(self.cursor.body())) {
                Some(field) => self.field(field)?,
                None => {
                    self.cursor.skip()?;
                }
            }
        }
        self.read.first_member = Some(first);
        Ok(self.cursor.end()?)
    }

    /// Reads a field. Malformed JSON ends the reading; any other mistake waits, because the field may
    /// come again.
    fn field(&mut self, field: Field) -> Result<(), BodyError> {
        self.mistakes.retain(|(earlier, _)| *earlier != field);
        let mark = self.cursor.mark();
        match self.value(field) {
            Ok(()) => Ok(()),
            Err(BodyError::Malformed(error)) => Err(error.into()),
            Err(mistake) => {
                self.mistakes.push((field, mistake));
                self.cursor.rewind(mark);
                self.cursor.skip()?;
                Ok(())
            }
        }
    }

    fn value(&mut self, field: Field) -> Result<(), BodyError> {
        let cursor = &mut self.cursor;
        match field {
            Field::Model => {
                let mark = cursor.mark();
                let span = cursor.skip()?;
                self.read.model_values.push(span);
                cursor.rewind(mark);
                self.model = string(cursor, "model")?;
            }
            Field::CacheSalt => self.cache_salt = string(cursor, "cache_salt")?,
            Field::Stream => {
                let found = cursor.kind()?;
                let span = cursor.skip()?;
                self.read.stream = match found {
                    json::Kind::Bool => cursor.body()[span].starts_with(b"true"),
                    json::Kind::Null => false,
                    _ => return Err(wrong_type("stream", "a boolean", found)),
                };
            }
            Field::MaxTokens(rank) => self.max_tokens[rank] = count(cursor)?,
            Field::SamplingParams => self.sampling_max_tokens = sampling_max_tokens(cursor)?,
            Field::Tools => {
                let found = cursor.kind()?;
                let span = cursor.skip()?;
                self.tools = (found != json::Kind::Null).then_some(Piece::Raw(span));
            }
            Field::System => {
                self.system.clear();
                prompt::content(cursor, &mut self.system)?;
            }
            Field::Messages => {
                let name = if self.read.kind == Kind::Conversation {
                    "items"
                } else {
                    "messages"
                };
                self.messages = or_null(cursor, |cursor, pieces| {
                    prompt::messages(cursor, name, pieces)
                })?;
            }
            Field::Prompt => {
                let kind = self.read.kind;
                let name = kind.prompt_field().unwrap_or("prompt");
                self.prompt = or_null(cursor, |cursor, pieces| match kind {
                    Kind::Generate => {
                        pieces.push(prompt::tokens(cursor, name)?);
                        Ok(())
                    }
                    Kind::Response if cursor.kind()? == json::Kind::Array => {
                        prompt::messages(cursor, name, pieces)
                    }
                    Kind::Response | Kind::Image => {
                        pieces.extend(string(cursor, name)?.map(Piece::Text));
                        Ok(())
                    }
                    _ => prompt::texts_or_tokens(cursor, name, pieces),
                })?;
            }
        }
        Ok(())
    }
}

/// No piece, or only one that says nothing. A list of empty strings is the server's to judge.
fn is_empty(pieces: &[Piece]) -> bool {
    match pieces {
        [] => true,
        [only] => only.len() == 0,
        _ => false,
    }
}

/// `None` for null, else what `read` collects.
fn or_null(
    cursor: &mut Cursor<'_>,
    read: impl FnOnce(&mut Cursor<'_>, &mut Vec<Piece>) -> Result<(), BodyError>,
) -> Result<Option<Vec<Piece>>, BodyError> {
    if cursor.kind()? == json::Kind::Null {
        cursor.skip()?;
        return Ok(None);
    }
    let mut pieces = Vec::new();
    read(cursor, &mut pieces)?;
    Ok(Some(pieces))
}

fn string(cursor: &mut Cursor<'_>, field: &str) -> Result<Option<Text>, BodyError> {
    match cursor.kind()? {
        json::Kind::String => Ok(Some(cursor.string()?)),
        json::Kind::Null => {
            cursor.skip()?;
            Ok(None)
        }
        found => Err(wrong_type(field, "a string", found)),
    }
}

/// A number of tokens. It only feeds an estimate, so what is no such number is the server's to refuse.
fn count(cursor: &mut Cursor<'_>) -> Result<Option<u64>, BodyError> {
    let span = cursor.skip()?;
    let literal = str::from_utf8(&cursor.body()[span]).unwrap_or_default();
    Ok(literal.parse().ok())
}

fn sampling_max_tokens(cursor: &mut Cursor<'_>) -> Result<Option<u64>, BodyError> {
    if cursor.kind()? != json::Kind::Object {
        cursor.skip()?;
        return Ok(None);
    }
    let mut found = None;
    let mut members = cursor.object()?;
    while let Some(key) = members.next(cursor)? {
        match &*key.decoded(cursor.body()) {
            b"max_tokens" => found = count(cursor)?,
            _ => {
                cursor.skip()?;
            }
        }
    }
    Ok(found)
}
