public import Cryptography
public import LedgerModel
public import SwiftProtobuf
internal import Wire

/// What a method can see and do: its declared assets, its caller, and the block's height and time.
public struct CallScope: Sendable {
  public let chainID: Digest
  /// Who signed: a member, or a validator by itself.
  public private(set) var caller: Member
  public let height: UInt64
  /// The block's time, milliseconds since 1970: the only clock there is (D16).
  public let timeMs: UInt64
  /// Digests of what travels beside the arguments.
  public private(set) var attachments: [Digest]
  public let suite: any CryptoSuite
  private let touches: [AssetID]
  private let read: @Sendable (AssetID) -> AssetState?
  private(set) var pending: [PendingEvent] = []

  /// - Parameter read: The assets as they are before this call; asked for declared assets only.
  public init(
    chainID: Digest, caller: Member, height: UInt64, timeMs: UInt64, attachments: [Digest],
    suite: any CryptoSuite, touches: [AssetID],
    read: @escaping @Sendable (AssetID) -> AssetState?
  ) {
    self.chainID = chainID
    self.caller = caller
    self.height = height
    self.timeMs = timeMs
    self.attachments = attachments
    self.suite = suite
    self.touches = touches
    self.read = read
  }

  /// The bytes of the asset's value, with what this call has appended so far.
  public func bytes(of asset: AssetID) -> [UInt8]? {
    precondition(touches.contains(asset), "a method reads only assets it declares: \(asset)")
    return pending.last(where: { $0.asset == asset })?.value ?? read(asset)?.value
  }

  /// The asset's value, with what this call has appended so far.
  public func value<Value: Message>(of asset: AssetID, as type: Value.Type) -> Value? {
    guard let bytes = bytes(of: asset) else { return nil }
    do {
      return try Value(strict: bytes, limit: Limits.valueBytes)
    } catch {
      preconditionFailure("the value of \(asset) was written by this contract: \(error)")
    }
  }

  /// The registered member of this id, which the method must have declared.
  public func member(_ id: String, field: String) throws(Refusal) -> Member {
    let asset = Member.asset(id)
    precondition(touches.contains(asset), "a method reads only assets it declares: \(asset)")
    guard let state = read(asset) else {
      throw Refusal(.unknownMember, field: field, value: id)
    }
    do {
      return try Member(decoding: state.value)
    } catch {
      preconditionFailure("the value of \(asset) was written by the registry: \(error)")
    }
  }

  /// Appends an event to the asset's trail and gives the asset a new value.
  public mutating func append(
    to asset: AssetID, _ operation: String, value: some Message, details: some Message
  ) throws(Refusal) {
    precondition(touches.contains(asset), "a method appends only to assets it declares: \(asset)")
    let bytes = value.encoded
    guard bytes.count <= Limits.valueBytes else {
      throw Refusal(.tooLarge, field: "\(asset)", value: "\(bytes.count) bytes")
    }
    pending.append(
      PendingEvent(
        asset: asset, operation: operation, value: bytes, details: details.encoded,
        actor: caller.id))
  }

  /// Carries out another method's call as another member, over what this call has appended so far.
  /// It has no attachments; its assets are among those that this method declares.
  public mutating func perform(_ call: PreparedCall, as member: Member) throws(Refusal) {
    precondition(
      call.derives == nil && call.signatureChecks == 0,
      "a call within a call brings no assets or checks of its own")
    var scope = self
    scope.caller = member
    scope.attachments = []
    try call.perform(&scope)
    pending = scope.pending
  }
}
