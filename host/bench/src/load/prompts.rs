//! Chat requests of a given size: a system prompt that many share, then text of their own.

/// Where a request's number stands in its body, as hex digits.
const NUMBER_DIGITS: usize = 16;
/// System prompts; each is half of a short request, and at most this long.
const SYSTEM_PROMPTS: usize = 8;
const SYSTEM_BYTES: usize = 20_000;
const WORDS: [&str; 16] = [
    "the", "server", "holds", "a", "prefix", "of", "every", "prompt", "that", "came", "before",
    "this", "one", "and", "answers", "sooner",
];

/// Bodies that are alike in size only.
#[derive(Debug)]
pub struct Prompts {
    bodies: Vec<Body>,
}

#[derive(Debug)]
struct Body {
    bytes: Vec<u8>,
    number_at: usize,
}

impl Prompts {
    /// `count` bodies of about `bytes` each.
    pub fn new(bytes: usize, count: usize) -> Self {
        let system = (bytes / 2).min(SYSTEM_BYTES);
        let body = |at: usize| {
            let mut text = String::from(
                r#"{"model":"meta-llama/Llama-3.1-8B-Instruct","messages":[{"role":"system","content":""#,
            );
            write_text(&mut text, (at % SYSTEM_PROMPTS) as u64, system);
            text.push_str(r#""},{"role":"user","content":""#);
            let number_at = text.len();
            text.push_str(&"0".repeat(NUMBER_DIGITS));
            let rest = bytes.saturating_sub(text.len() + 64);
            write_text(&mut text, (SYSTEM_PROMPTS + at) as u64, rest);
            text.push_str(r#""}],"max_tokens":128,"temperature":0.7,"stream":false}"#);
            Body {
                bytes: text.into_bytes(),
                number_at,
            }
        };
        Self {
            bodies: (0..count).map(body).collect(),
        }
    }

    /// The body of this request, which no other has.
    pub fn body(&self, number: u64) -> Vec<u8> {
        let Body { bytes, number_at } = &self.bodies[number as usize % self.bodies.len()];
        let mut bytes = bytes.clone();
        let digits = format!("{number:0NUMBER_DIGITS$x}");
        bytes[*number_at..*number_at + NUMBER_DIGITS].copy_from_slice(digits.as_bytes());
        bytes
    }
}

/// Words with what real prompts have between them: line ends and quotes, escaped.
fn write_text(text: &mut String, seed: u64, bytes: usize) {
    let end = text.len() + bytes;
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while text.len() < end {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(WORDS[(state % 16) as usize]);
        text.push_str(match state >> 32 & 63 {
            0 => ".\\n\\n",
            1..3 => ".\\n",
            3 => " \\\"",
            4 => "\u{e9} ",
            _ => " ",
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_json_of_the_size_and_none_is_like_another() {
        for bytes in [2_048, 220_000] {
            let prompts = Prompts::new(bytes, 3);
            let bodies: Vec<Vec<u8>> = (0..6).map(|number| prompts.body(number)).collect();
            for (at, body) in bodies.iter().enumerate() {
                assert!(body.len().abs_diff(bytes) < 40, "{} of {bytes}", body.len());
                let read: serde_json::Value = serde_json::from_slice(body).unwrap();
                assert_eq!(read["messages"][1]["role"], "user");
                assert!(!bodies[..at].contains(body));
            }
        }
    }

    #[test]
    fn system_prompts_are_shared() {
        let prompts = Prompts::new(2_048, 16);
        let system = |number| {
            let read: serde_json::Value = serde_json::from_slice(&prompts.body(number)).unwrap();
            read["messages"][0]["content"].to_string()
        };
        assert_eq!(system(1), system(9));
        assert_ne!(system(1), system(2));
    }
}
