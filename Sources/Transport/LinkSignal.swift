/// What other threads and connections ask of a connection's handler.
enum LinkSignal: Sendable {
  /// Messages wait to be sent.
  case drain
  /// Enough was released to read on.
  case resume
  /// End the connection.
  case close(LinkClosure)
}
