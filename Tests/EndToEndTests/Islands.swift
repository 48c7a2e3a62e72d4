import Foundation
import Testing

/// Network namespaces for the nodes of one test: each has a wire to a switch that links nodes, and
/// one to the test. Cutting the first leaves the node reachable for clients.
///
/// Names carry the process of the test, and nothing is left of them afterwards.
struct Islands: Sendable {
  /// Why there can be none.
  static let obstacle: Comment = "needs the program 'ip' and the right to make network namespaces"

  private static let program = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
  private static let prefix = "yi\(ProcessInfo.processInfo.processIdentifier)"

  let count: Int

  private var hub: String { "\(Self.prefix)h" }
  private func name(_ node: Int) -> String { "\(Self.prefix)n\(node)" }
  private func wire(_ node: Int) -> String { "\(Self.prefix)w\(node)" }

  /// Whether this machine lets the test make namespaces.
  static func arePossible() async -> Bool {
    let trial = Islands(count: 1)
    let isMade = (try? await trial.make()) != nil
    await trial.remove()
    return isMade
  }

  // MARK: Addresses

  /// Where the other nodes reach a node; only inside the namespaces.
  func linkHost(_ node: Int) -> String { "10.0.0.\(node + 1)" }

  /// Where the test reaches a node: of the range for tests between devices (RFC 2544), by process.
  func apiHost(_ node: Int) -> String { address(4 * node + 2) }

  private func address(_ last: Int) -> String {
    let process = Int(ProcessInfo.processInfo.processIdentifier)
    return "198.\(18 + process / 256 % 2).\(process % 256).\(last)"
  }

  /// The command that runs a program in a node's namespace, as the same process.
  func command(_ node: Int, _ program: URL, _ arguments: [String]) -> (URL, [String]) {
    (
      URL(filePath: Self.program ?? "ip"),
      ["netns", "exec", name(node), program.path] + arguments
    )
  }

  // MARK: Making

  func make() async throws {
    try await Self.ip("netns", "add", hub)
    for side in Side.allCases {
      try await Self.ip("-n", hub, "link", "add", side.rawValue, "type", "bridge")
      try await Self.ip("-n", hub, "link", "set", "dev", side.rawValue, "up")
    }
    for node in 0..<count { try await make(node) }
  }

  private func make(_ node: Int) async throws {
    let (space, port) = (name(node), Self.port(node))
    try await Self.ip("netns", "add", space)
    try await Self.ip("-n", space, "link", "set", "dev", "lo", "up")
    try await Self.ip(
      "link", "add", "links", "netns", space, "type", "veth", "peer", "name", port, "netns", hub)
    try await Self.ip("-n", hub, "link", "set", "dev", port, "master", Side.main.rawValue)
    try await Self.ip("-n", hub, "link", "set", "dev", port, "up")
    try await Self.ip("-n", space, "addr", "add", "\(linkHost(node))/24", "dev", "links")
    try await Self.ip("-n", space, "link", "set", "dev", "links", "up")
    try await Self.ip(
      "link", "add", wire(node), "type", "veth", "peer", "name", "api", "netns", space)
    try await Self.ip("addr", "add", "\(address(4 * node + 1))/30", "dev", wire(node))
    try await Self.ip("link", "set", "dev", wire(node), "up")
    try await Self.ip("-n", space, "addr", "add", "\(apiHost(node))/30", "dev", "api")
    try await Self.ip("-n", space, "link", "set", "dev", "api", "up")
  }

  /// Takes everything away, as far as it is there; its processes have ended.
  func remove() async {
    for node in 0..<count {
      try? await Self.ip("link", "del", "dev", wire(node))
      try? await Self.ip("netns", "del", name(node))
    }
    try? await Self.ip("netns", "del", hub)
  }

  // MARK: Cutting

  /// A switch that links nodes: all are at the first one unless they are split.
  enum Side: String, CaseIterable {
    case main, other
  }

  /// Cuts a node off from all others, or ends that.
  func cut(_ node: Int, _ isCut: Bool) async throws {
    try await Self.ip(
      "-n", hub, "link", "set", "dev", Self.port(node), isCut ? "down" : "up")
  }

  /// Moves a node to one side of a split.
  func move(_ node: Int, to side: Side) async throws {
    try await Self.ip("-n", hub, "link", "set", "dev", Self.port(node), "master", side.rawValue)
  }

  private static func port(_ node: Int) -> String { "port\(node)" }

  private static func ip(_ arguments: String...) async throws {
    let outcome = try await Programs.run(URL(filePath: program ?? "ip"), arguments)
    guard outcome.status == 0 else {
      throw Failure(command: arguments.joined(separator: " "), outcome: outcome)
    }
  }

  struct Failure: Error {
    let command: String
    let outcome: Outcome
  }
}
