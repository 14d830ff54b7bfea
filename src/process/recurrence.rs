//! From a phrase to dates: generation, anchors, fiscal spans, spread slots and holiday moves.
