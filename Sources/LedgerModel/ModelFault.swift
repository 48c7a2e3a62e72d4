public import Wire

/// Why bytes from outside are not the fact they claim to be.
public enum ModelFault: Error, Hashable, Sendable {
  /// The bytes are not the message.
  case wire(WireFault)
  /// A field has a value that the format does not allow.
  case invalid(field: String, value: String, remedy: String)
}

extension ModelFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wire(.tooLarge(let message, let bytes, let limit)):
      "\(message) has \(bytes) bytes; at most \(limit) are allowed"
    case .wire(.malformed(let message)):
      "the bytes are not a \(message): they are damaged or of another kind"
    case .wire(.notCanonical(let message)):
      "\(message) is not in its canonical encoding: it has unknown or repeated fields"
    case .invalid(let field, let value, let remedy):
      "\(field) is '\(value)': \(remedy)"
    }
  }
}
