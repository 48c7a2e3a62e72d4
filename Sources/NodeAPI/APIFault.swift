/// Why the client API cannot be served.
public enum APIFault: Error, Hashable, Sendable {
  /// The certificate or its key is missing, damaged, or they do not belong together.
  case certificate(path: String, reason: String)
}
