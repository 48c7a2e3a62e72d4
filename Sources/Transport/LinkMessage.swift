/// A message from a peer.
///
/// As long as a copy of it exists its bytes count as unread, and a peer with too many of those is
/// not read from: drop it when it is dealt with.
public struct LinkMessage: Sendable {
  /// What the payload is; the links do not interpret it.
  public let kind: UInt8
  /// The bytes that were sent.
  public let payload: [UInt8]
  private let credit: ReadCredit?

  /// A message that came over no link, for tests and simulation.
  public init(kind: UInt8, payload: [UInt8]) {
    self.init(kind: kind, payload: payload, credit: nil)
  }

  init(kind: UInt8, payload: [UInt8], credit: ReadCredit?) {
    self.kind = kind
    self.payload = payload
    self.credit = credit
  }
}
