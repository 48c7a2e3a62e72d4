import Testing

/// Scenarios with the real programs and the real client. One after the other: each starts nodes.
@Suite("End to end", .serialized)
struct EndToEnd {}
