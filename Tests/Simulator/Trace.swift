/// What happened in words; kept only when a run is repeated to be read.
package struct Trace: Sendable {
  private(set) var lines: [(atMs: UInt64, node: Int?, text: String)] = []

  mutating func add(_ atMs: UInt64, _ node: Int?, _ text: String) {
    lines.append((atMs, node, text))
  }

  /// The newest lines about these nodes and about the world; of all nodes if there are none.
  package func newest(_ count: Int, about nodes: Set<Int>) -> [String] {
    lines.filter { line in line.node.map { nodes.isEmpty || nodes.contains($0) } ?? true }
      .suffix(count)
      .map { line in
        "\(line.atMs) ms  \(line.node.map { "node \($0)" } ?? "world")  \(line.text)"
      }
  }
}
