extension Document {
  /// The texts and attributes of the nodes that are not `used`, with their paths, in order.
  func others(than used: [Bool]) -> [Invoice.OtherField] {
    var others: [Invoice.OtherField] = []
    // Siblings mostly follow each other, so the path of one parent is kept.
    var parent: Int?
    var parentPath = ""
    for (index, node) in nodes.enumerated() where !used[index] && node.parent != nil {
      let value = text(of: index)
      // An element with elements inside has no text of its own, unless someone put one there.
      guard !node.hasElements || !value.isEmpty else { continue }
      if node.parent != parent {
        parent = node.parent
        parentPath = node.parent.map(path) ?? ""
      }
      let path = parentPath.isEmpty ? node.step : "\(parentPath)/\(node.step)"
      others.append(Invoice.OtherField(path: path, value: value))
    }
    return others
  }

  /// The names of the first elements with a text, for people who look for the right dialect.
  func firstPaths(_ count: Int) -> [String] {
    others(than: Array(repeating: false, count: nodes.count)).prefix(count).map(\.path)
  }

  /// Names from below the root; the depth of the document bounds the work.
  private func path(of index: Int) -> String {
    var steps: [String] = []
    var current = index
    while let parent = nodes[current].parent {
      steps.append(nodes[current].step)
      current = parent
    }
    return steps.reversed().joined(separator: "/")
  }
}
