//! Which server probably holds which prompt prefix, learnt from our own decisions.
