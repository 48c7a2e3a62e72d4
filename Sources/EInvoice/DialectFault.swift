/// Why a dialect cannot be used.
public enum DialectFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text is longer than `limit` bytes.
  case tooLarge(bytes: Int, limit: Int)
  /// The text is not JSON, or lacks a key, or a key has a value of another type.
  case malformedJSON(reason: String)
  /// A key is no field that the parser knows.
  case unknownField(String)
  /// A required field has no path.
  case missingField(String)
  /// A name, list or part of a path is empty.
  case empty(String)
  /// A date format lacks its year, month or day.
  case malformedDateFormat(String)

  /// One English sentence for people.
  public var description: String {
    switch self {
    case .tooLarge(let bytes, let limit):
      "The dialect has \(bytes) bytes; at most \(limit) are read."
    case .malformedJSON(let reason): "The dialect is not in the JSON form: \(reason)"
    case .unknownField(let name): "The dialect has a path for “\(name)”, which is no known field."
    case .missingField(let name): "The dialect has no path for the required field “\(name)”."
    case .empty(let name): "The dialect leaves \(name) empty."
    case .malformedDateFormat(let format):
      "The date format “\(format)” needs yyyy, MM and dd, and HH, mm, ss only together."
    }
  }
}
