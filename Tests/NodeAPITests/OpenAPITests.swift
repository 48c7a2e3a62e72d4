import Foundation
import HTTPTypes
import Testing

@testable import NodeAPI

@Suite("docs/openapi.yaml")
struct OpenAPITests {
  private let text: String

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    text = try String(contentsOf: root.appending(path: "docs/openapi.yaml"), encoding: .utf8)
  }

  /// The lines of a top-level section or of one within it.
  private func section(_ names: String...) -> [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    for (depth, name) in names.enumerated() {
      let indent = String(repeating: "  ", count: depth)
      guard let start = lines.firstIndex(where: { $0 == "\(indent)\(name):" }) else { return [] }
      lines = lines[(start + 1)...].prefix { $0.isEmpty || $0.hasPrefix(indent + "  ") }
    }
    return Array(lines)
  }

  private func references(_ line: Substring) -> String? {
    line.firstMatch(of: /\$ref: "#\/components\/parameters\/(\w+)"/).map { String($0.1) }
  }

  /// "GET /v1/headers?from&limit", sorted, as described.
  private func described() -> [String] {
    var parameterNames: [String: String] = [:]
    var key = ""
    var name = ""
    for line in section("components", "parameters") {
      if let match = line.wholeMatch(of: #/    (\w+):/#) { key = String(match.1) }
      if let match = line.wholeMatch(of: #/      name: (.+)/#) { name = String(match.1) }
      if line == "      in: query" { parameterNames[key] = name }
    }
    var operations: [(route: String, parameters: [String])] = []
    var path = ""
    for line in section("paths") {
      if let match = line.wholeMatch(of: #/  (\/.*):/#) { path = String(match.1) }
      if let match = line.wholeMatch(of: #/    (get|post|put|delete|patch|head):/#) {
        operations.append(("\(match.1.uppercased()) \(path)", []))
      }
      if let parameter = references(line).flatMap({ parameterNames[$0] }) {
        operations[operations.count - 1].parameters.append(parameter)
      }
    }
    return
      operations
      .map { "\($0.route)?\($0.parameters.sorted().joined(separator: "&"))" }
      .sorted()
  }

  @Test("Describes exactly the routes that a node has, with their query parameters")
  func routes() {
    let registered = NodeRoutes(service: StubNode(), limits: APILimits()).all
      .map { "\($0.method.rawValue) \($0.path)?\($0.parameters.sorted().joined(separator: "&"))" }
      .sorted()
    #expect(described() == registered)
    #expect(registered.count == 17)
  }

  @Test("Describes each message with exactly the fields of its schema")
  func messages() throws {
    var described: [String: [String]] = [:]
    var message = ""
    for line in section("components", "schemas") {
      if let match = line.wholeMatch(of: #/    (\w+):.*/#) { message = String(match.1) }
      if let match = line.wholeMatch(of: #/        (\w+):.*/#) {
        described[message, default: []].append(String(match.1))
      }
    }
    let schemas = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/Wire/Schema/yilian/v1")
    var compared = 0
    for name in ["api", "ledger", "proof"] {
      let proto = try String(contentsOf: schemas.appending(path: "\(name).proto"), encoding: .utf8)
      var message = ""
      var fields: [String] = []
      for line in proto.split(separator: "\n") {
        if let match = line.wholeMatch(of: /message (\w+) \{/) {
          (message, fields) = (String(match.1), [])
        } else if let match = line.firstMatch(of: /^ +(?:repeated )?\w+ (\w+) = \d+;/) {
          fields.append(String(match.1))
        } else if line == "}" {
          if let wanted = described[message], message != "Problem" {
            #expect(wanted == fields, "\(message)")
            compared += 1
          }
          message = ""
        }
      }
    }
    #expect(compared >= 20)
  }
}
