internal import NIOHTTP1

// What the API itself refuses, before the node is asked.

extension Problem {
  static func unknownRoute(_ path: String) -> Problem {
    Problem(
      "request.unknown_route", status: 404, field: "path", value: path,
      remedy: "use a path of docs/openapi.yaml, with every placeholder filled")
  }

  static func wrongMethod(_ method: String, allowed: String) -> Problem {
    Problem(
      "request.wrong_method", status: 405, field: "method", value: method,
      remedy: "use \(allowed)")
  }

  static func unsupportedMediaType(_ type: String) -> Problem {
    Problem(
      "request.unsupported_media_type", status: 415, field: "content-type", value: type,
      remedy: "send application/x-protobuf or application/json and say which in Content-Type")
  }

  static func tooLarge(_ bytes: String, limit: Int) -> Problem {
    Problem(
      "request.too_large", status: 413, field: "body", value: bytes,
      remedy: "send at most \(limit) bytes")
  }

  static let emptyBody = Problem(
    "request.empty_body", status: 400, field: "body", value: "0 bytes",
    remedy: "send the message of this route as the body")

  static func malformedBody(_ message: String, reason: String) -> Problem {
    Problem(
      "request.malformed_body", status: 400, field: "body", value: reason,
      remedy: "send one \(message) in the form that Content-Type names")
  }

  static func unknownField(_ name: String, in message: String) -> Problem {
    Problem(
      "request.unknown_field", status: 400, field: name, value: name,
      remedy: "leave it out: \(message) has no such field")
  }

  static func invalidParameter(_ name: String, _ value: String, remedy: String) -> Problem {
    Problem(
      "request.invalid_parameter", status: 400, field: name, value: value, remedy: remedy)
  }

  static func invalidNumber(_ name: String, _ value: String) -> Problem {
    invalidParameter(
      name, value, remedy: "give a whole number from 0 to \(UInt64.max) in decimal digits")
  }

  static func unknownParameter(_ name: String) -> Problem {
    Problem(
      "request.unknown_parameter", status: 400, field: name, value: name,
      remedy: "leave it out: this route has no such parameter")
  }

  static func overloaded(_ field: String, limit: Int) -> Problem {
    Problem(
      "node.overloaded", status: 503, field: field, value: "\(limit) in use",
      remedy: "try again later or at another node", retryAfter: 1)
  }

  static let unencodable = Problem(
    "node.internal", status: 500, field: "answer", value: "cannot be encoded",
    remedy: "ask for application/x-protobuf and report this")

  static func malformedHTTP(_ error: HTTPParserError) -> Problem {
    if case .headerOverflow = error {
      return Problem(
        "request.head_too_large", status: 431, field: "headers", value: "too many or too long",
        remedy: "send fewer and shorter header fields")
    }
    return Problem(
      "request.malformed_http", status: 400, field: "request", value: "not HTTP/1.1",
      remedy: "send an HTTP/1.1 request")
  }
}
