//! What the picker reads and writes of OpenAI requests and responses, without parsing them into trees.
