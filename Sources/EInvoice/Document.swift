/// A document as a tree in an array: parents before children, in the order of the text.
struct Document {
  struct Node {
    /// The name without prefix; `@` and the whole name for an attribute.
    let name: String
    /// What paths are compared with: `name`, or `name` in lower case.
    var key: String
    /// `nil` for the root.
    let parent: Int?
    var text: String
    /// Elements and attributes inside, in order.
    var children: [Int] = []
    var hasElements = false
    /// The place among neighbours of the same name, from 1; `nil` for a name that stands alone.
    var ordinal: Int?
    /// The name with its ordinal: one part of a path.
    var step: String { ordinal.map { "\(name)[\($0)]" } ?? name }
  }

  /// Never empty; the root is first.
  private(set) var nodes: [Node]

  /// Reads valid UTF-8 within the limits.
  init(_ bytes: [UInt8], limits: InvoiceParser.Limits) throws(InvoiceFault) {
    // Outside of XML at once: libxml2 would only say that something is missing at the end.
    if let first = bytes.trimmed.first, first != UInt8(ascii: "<") {
      throw .malformed(line: 1, column: 1, reason: "it does not begin with <")
    }
    try TagScan.check(bytes, attributesMax: limits.attributes)
    nodes = try bytes.withUnsafeBufferPointer { bytes throws(InvoiceFault) in
      let reader = try XMLReader(bytes, limits: limits)
      return try Self.read(from: reader, limits: limits)
    }
    guard !nodes.isEmpty else { throw .truncated(bytes: bytes.count) }
  }

  private static func read(
    from reader: borrowing XMLReader, limits: InvoiceParser.Limits
  ) throws(InvoiceFault) -> [Node] {
    var nodes: [Node] = []
    var open: [Int] = []
    while let event = try reader.next() {
      switch event {
      case .start(let name, let attributes, let isEmpty):
        guard open.count < limits.depth else { throw .tooDeep(element: name, limit: limits.depth) }
        guard nodes.count + attributes.count < limits.elements else {
          throw .tooManyElements(limit: limits.elements)
        }
        let index = nodes.count
        nodes.append(Node(name: name, key: name, parent: open.last, text: ""))
        if let parent = open.last {
          if let last = nodes[parent].children.last, nodes[last].name == name {
            nodes[last].ordinal = nodes[last].ordinal ?? 1
            nodes[index].ordinal = nodes[last].ordinal.map { $0 + 1 }
          }
          nodes[parent].children.append(index)
          nodes[parent].hasElements = true
        }
        for attribute in attributes {
          let name = "@" + attribute.name
          nodes[index].children.append(nodes.count)
          nodes.append(Node(name: name, key: name, parent: index, text: attribute.value))
        }
        if !isEmpty { open.append(index) }
      case .text(let text):
        guard let index = open.last else { continue }
        let length = nodes[index].text.utf8.count + text.utf8.count
        guard length <= limits.fieldBytes else {
          throw .fieldTooLong(field: nodes[index].name, length: length, limit: limits.fieldBytes)
        }
        nodes[index].text += text
      case .end:
        open.removeLast()
      }
    }
    return nodes
  }

  /// The same document for dialects that do not tell case.
  var folded: Document {
    var document = self
    for index in nodes.indices { document.nodes[index].key = Self.folded(nodes[index].name) }
    return document
  }

  /// The nodes at a path below a node, in order.
  func nodes(at path: Path, below start: Int) -> [Int] {
    var found = [start]
    for part in path.parts {
      var next: [Int] = []
      for index in found {
        for child in nodes[index].children where nodes[child].key == part {
          next.append(child)
        }
      }
      found = next
    }
    return found
  }

  /// The text of a node without the white space around it.
  func text(of index: Int) -> String {
    let text = nodes[index].text
    guard let first = text.utf8.first, let last = text.utf8.last else { return "" }
    guard first.isXMLSpace || last.isXMLSpace else { return text }
    return String(Substring(text.utf8.trimmed))
  }

  /// Lower case for ASCII letters only, so that names never depend on a locale.
  static func folded(_ name: String) -> String {
    String(
      decoding: name.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// Element names from the root or a node, ready to be compared.
  struct Path: Hashable, Sendable {
    let parts: [String]

    init(_ path: String, isCaseSensitive: Bool) {
      parts = path.split(separator: "/").map {
        isCaseSensitive ? String($0) : Document.folded(String($0))
      }
    }
  }
}
