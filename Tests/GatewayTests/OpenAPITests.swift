import Foundation
import RESTGateway
import Testing

@Suite("docs/gateway-openapi.yaml")
struct OpenAPITests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private let lines: [Substring]
  private let schema: [Substring]

  init() throws {
    func lines(_ path: String) throws -> [Substring] {
      try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false)
    }
    self.lines = try lines("docs/gateway-openapi.yaml")
    schema = try lines("Sources/GatewayKit/gateway.proto")
  }

  @Test("Describes exactly the calls that a gateway makes")
  func routes() {
    var described: [String] = []
    var path = ""
    for line in lines {
      if let match = line.wholeMatch(of: #/  (\/v1\/.*):/#) { path = String(match.1) }
      if let match = line.wholeMatch(of: #/    (get|post|put|delete|patch|head):/#) {
        described.append("\(match.1) \(path)")
      }
      if let match = line.wholeMatch(of: #/      operationId: (\w+)/#) {
        described[described.count - 1] += " \(match.1)"
      }
    }
    #expect(described == Operation.allCases.map { "post \($0.path) \($0)" })
  }

  @Test("Describes each message with exactly the fields of its schema")
  func messages() throws {
    var described: [String: [String]] = [:]
    var message = ""
    for line in lines.drop(while: { $0 != "  schemas:" }) {
      if let match = line.wholeMatch(of: #/    (\w+):.*/#) { message = String(match.1) }
      if let match = line.wholeMatch(of: #/        (\w+):.*/#) {
        described[message, default: []].append(String(match.1))
      }
    }
    var fields: [String: [String]] = [:]
    for line in schema {
      if let match = line.wholeMatch(of: /message (\w+) \{/) { message = String(match.1) }
      if let match = line.firstMatch(of: /^ +(?:repeated )?\w+ (\w+) = \d+;/) {
        fields[message, default: []].append(String(match.1))
      }
    }
    // What stays within the outbox is nobody else's business.
    for name in ["LaneState", "LaneEntry", "Failure"] { fields[name] = nil }
    #expect(described == fields)
    #expect(fields.count == 9)
  }
}
