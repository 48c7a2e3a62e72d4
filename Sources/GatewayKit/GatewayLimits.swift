internal import LedgerModel

/// Bounds on documents, with the reason for each.
/// - Source: docs/spec/22-gateways.md, rule A2.
public enum GatewayLimits {
  /// Bytes of a name: origin, sender, recipient, message type, policy.
  public static let nameBytes = Limits.nameBytes
  /// Bytes of the key of a document's id: a channel, a colon and a sequence fit.
  public static let keyBytes = 96
  /// Bytes of a business key, as in packets.
  public static let businessKeyBytes = 95
  /// Bytes of a purpose, as in packets.
  public static let purposeBytes = 200
  /// Bytes of a body, as in packets.
  public static let bodyBytes = 4_096
  /// Bytes of a content: sealed with what goes with it, it still fits an attachment.
  public static let contentBytes = Limits.attachmentBytes - 1_024
  /// Bytes of an encoded document.
  public static let documentBytes = contentBytes + bodyBytes + 2_048
  /// Documents of a page.
  public static let pageDocuments = 256
  /// Bytes of all documents that a place puts into a page; one document always fits.
  public static let pageBytes = 8 * 1_024 * 1_024
  /// Bytes of a cursor.
  public static let cursorBytes = 256
  /// Bytes of a code.
  public static let codeBytes = 64
}
