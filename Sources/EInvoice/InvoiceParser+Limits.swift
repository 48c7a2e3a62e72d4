extension InvoiceParser {
  /// What a file may cost before it is refused.
  public struct Limits: Sendable, Hashable {
    /// Most bytes of a file. An invoice has about 5 KB, one with hundreds of lines about 200 KB.
    public let bytes: Int
    /// Most elements inside each other, the root included. The standard needs 5.
    public let depth: Int
    /// Most elements and attributes together. A line has about 10, so this allows some 2,000 lines,
    /// more than a long stay in hospital has.
    public let elements: Int
    /// Most attributes of one element, since libxml2 compares each with each. Invoices use none or
    /// a few.
    public let attributes: Int
    /// Most bytes of a text or attribute, in UTF-8. The longest in use are signatures of 2 KB.
    public let fieldBytes: Int
    /// Most bytes of the name of an element or attribute. It bounds the paths that are kept for
    /// other fields; the longest name in use has 24.
    public let nameBytes: Int

    /// Takes the limits as they are.
    public init(
      bytes: Int = 1_048_576, depth: Int = 16, elements: Int = 20_000, attributes: Int = 64,
      fieldBytes: Int = 4_096, nameBytes: Int = 64
    ) {
      self.bytes = bytes
      self.depth = depth
      self.elements = elements
      self.attributes = attributes
      self.fieldBytes = fieldBytes
      self.nameBytes = nameBytes
    }

    /// 1 MiB, 16 deep, 20,000 elements, 64 attributes each, 4,096 bytes of text, 64 bytes of name.
    public static let `default` = Limits()
  }
}
