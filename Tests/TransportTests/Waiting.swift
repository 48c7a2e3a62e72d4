import Testing

/// Waits until `condition` holds.
/// - Throws: A failed requirement if it does not within `limit`.
func eventually(
  _ what: Comment, within limit: Duration = .seconds(10),
  at location: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool
) async throws {
  let clock = ContinuousClock()
  let deadline = clock.now + limit
  while clock.now < deadline {
    if try condition() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  try #require(try condition(), what, sourceLocation: location)
}
