import Testing

/// A request that must be refused, and how.
struct BadRequest: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var method = "GET"
  let path: String
  var type: String?
  var body: [UInt8]?
  let status: Int
  let code: String
  let field: String
  let value: String
  let remedy: String

  static let numberRemedy =
    "give a whole number from 0 to 18446744073709551615 in decimal digits"
  static let typeRemedy =
    "send application/x-protobuf or application/json and say which in Content-Type"
  static let unknownRemedy = "use a path of docs/openapi.yaml, with every placeholder filled"

  static func post(
    _ description: String, _ text: String, type: String? = "application/json", status: Int = 400,
    code: String = "request.malformed_body", field: String = "body", value: String,
    remedy: String = "send one SignedTransaction in the form that Content-Type names",
    path: String = "/v1/transactions"
  ) -> BadRequest {
    BadRequest(
      testDescription: description, method: "POST", path: path, type: type,
      body: Array(text.utf8), status: status, code: code, field: field, value: value,
      remedy: remedy)
  }

  static func number(_ description: String, _ path: String, _ field: String, _ value: String)
    -> BadRequest
  {
    BadRequest(
      testDescription: description, path: path, status: 400, code: "request.invalid_parameter",
      field: field, value: value, remedy: numberRemedy)
  }

  static let all: [BadRequest] = [
    post("JSON that is none", "{nonsense", value: "JSON: malformedString"),
    post("JSON cut short", #"{"body":"Ym9keQ=="#, value: "JSON: malformedString"),
    post("JSON of another kind", "[1, 2]", value: "JSON: failure"),
    post("JSON with more behind it", "{} {}", value: "JSON: trailingGarbage"),
    post("JSON with bytes that are not base64", #"{"body":"@@"}"#, value: "JSON: failure"),
    post(
      "JSON with an unknown field", #"{"bodi":"Ym9keQ=="}"#, code: "request.unknown_field",
      field: "bodi", value: "bodi", remedy: "leave it out: SignedTransaction has no such field"),
    post(
      "JSON nested without end", String(repeating: #"{"body":"#, count: 1_000),
      value: "JSON: malformedString"),
    post(
      "An empty body", "", code: "request.empty_body", value: "0 bytes",
      remedy: "send the message of this route as the body"),
    post(
      "Protobuf that is none", "\u{7f}garbage", type: "application/x-protobuf",
      code: "transaction.malformed", field: "transaction",
      value: #"malformed(message: "yilian.v1.SignedTransaction")"#,
      remedy: "send a SignedTransaction"),
    post(
      "Protobuf cut short", "\u{0a}\u{09}body", type: "application/x-protobuf",
      code: "transaction.malformed", field: "transaction",
      value: #"malformed(message: "yilian.v1.SignedTransaction")"#,
      remedy: "send a SignedTransaction"),
    post(
      "Protobuf with an unknown field", "\u{0a}\u{04}body\u{78}\u{01}",
      type: "application/x-protobuf", code: "transaction.malformed", field: "transaction",
      value: #"notCanonical(message: "yilian.v1.SignedTransaction")"#,
      remedy: "send a SignedTransaction"),
    post(
      "A body of another type", "a=b", type: "application/x-www-form-urlencoded", status: 415,
      code: "request.unsupported_media_type", field: "content-type",
      value: "application/x-www-form-urlencoded", remedy: typeRemedy),
    post(
      "A body without a type", "{}", type: nil, status: 415,
      code: "request.unsupported_media_type", field: "content-type", value: "",
      remedy: typeRemedy, path: "/v1/sealed"),
    BadRequest(
      testDescription: "A transaction id that is not hexadecimal",
      path: "/v1/transactions/xyz", status: 400, code: "request.invalid_parameter", field: "id",
      value: "xyz", remedy: "give 64 hexadecimal digits"),
    BadRequest(
      testDescription: "A transaction id that is too short",
      path: "/v1/transactions/abcd", status: 400, code: "request.invalid_parameter", field: "id",
      value: "abcd", remedy: "give 64 hexadecimal digits"),
    number("A word for a position", "/v1/log/first", "position", "first"),
    number("A negative position", "/v1/log/-1", "position", "-1"),
    number("A position with a sign", "/v1/log/+1", "position", "+1"),
    number(
      "A position of 65 bits", "/v1/log/18446744073709551616", "position",
      "18446744073709551616"),
    number("A negative height", "/v1/consistency?from=-5", "from", "-5"),
    number("A fraction of a height", "/v1/assets/a/b?at_least=1.5", "at_least", "1.5"),
    number("A height left empty", "/v1/headers?from=", "from", ""),
    BadRequest(
      testDescription: "A height left out", path: "/v1/consistency", status: 400,
      code: "request.invalid_parameter", field: "from", value: "",
      remedy: "give the height of the header that you have"),
    BadRequest(
      testDescription: "No headers", path: "/v1/headers?limit=0", status: 400,
      code: "request.invalid_parameter", field: "limit", value: "0",
      remedy: "ask for 1 to 1000 headers"),
    BadRequest(
      testDescription: "Too many headers", path: "/v1/headers?limit=1001", status: 400,
      code: "request.invalid_parameter", field: "limit", value: "1001",
      remedy: "ask for 1 to 1000 headers"),
    BadRequest(
      testDescription: "A parameter given twice", path: "/v1/headers?from=1&from=2", status: 400,
      code: "request.invalid_parameter", field: "from", value: "2", remedy: "give it once"),
    BadRequest(
      testDescription: "A misspelt parameter", path: "/v1/assets/a/b?at_leest=5", status: 400,
      code: "request.unknown_parameter", field: "at_leest", value: "at_leest",
      remedy: "leave it out: this route has no such parameter"),
    BadRequest(
      testDescription: "A position beyond the log", path: "/v1/log/1000", status: 404,
      code: "log.no_such_position", field: "position", value: "1000",
      remedy: "ask below the log's size"),
    BadRequest(
      testDescription: "Events from beyond the log", path: "/v1/events?from=9", status: 404,
      code: "log.no_such_position", field: "position", value: "9",
      remedy: "start at 0 or below"),
    BadRequest(
      testDescription: "An unknown path", path: "/v2/status", status: 404,
      code: "request.unknown_route", field: "path", value: "/v2/status", remedy: unknownRemedy),
    BadRequest(
      testDescription: "A path with an empty placeholder", path: "/v1/transactions/",
      status: 404, code: "request.unknown_route", field: "path", value: "/v1/transactions/",
      remedy: unknownRemedy),
    BadRequest(
      testDescription: "A method that the path has not", method: "DELETE", path: "/v1/status",
      status: 405, code: "request.wrong_method", field: "method", value: "DELETE",
      remedy: "use GET"),
    BadRequest(
      testDescription: "A method that no path has", method: "PROPFIND", path: "/v1/transactions",
      status: 405, code: "request.wrong_method", field: "method", value: "PROPFIND",
      remedy: "use POST"),
  ]
}
