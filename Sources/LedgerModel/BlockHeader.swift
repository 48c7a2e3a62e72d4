public import Cryptography
internal import Wire

/// The newest state that a header's proposer had computed (D2).
public struct ExecutedState: Hashable, Sendable {
  public let height: UInt64
  public let indexRoot: Digest
  public let logRoot: Digest
  /// Records in the operation log.
  public let logSize: UInt64

  public init(height: UInt64, indexRoot: Digest, logRoot: Digest, logSize: UInt64) {
    self.height = height
    self.indexRoot = indexRoot
    self.logRoot = logRoot
    self.logSize = logSize
  }
}

/// What validators vote on, and all that a light client needs (D3).
///
/// - Source: docs/spec/03-blocks.md, rules B1 to B4.
public struct BlockHeader: Hashable, Sendable {
  public let chainID: Digest
  public let suite: SuiteID
  public let epoch: UInt64
  public let height: UInt64
  public let view: UInt64
  /// Hash of the header before; the chain id for height 1.
  public let parent: Digest
  /// Milliseconds since 1970, above the parent's.
  public let timeMs: UInt64
  public let batchesRoot: Digest
  public let executed: ExecutedState
  public let validatorSet: Digest
  public let nextValidatorSet: Digest

  /// The bytes as received, which is what is hashed.
  public let encoded: [UInt8]
  public let hash: Digest

  public init(
    chainID: Digest, suite: any CryptoSuite, epoch: UInt64, height: UInt64, view: UInt64,
    parent: Digest, timeMs: UInt64, batches: [Digest], executed: ExecutedState,
    validatorSet: Digest, nextValidatorSet: Digest
  ) {
    self.chainID = chainID
    self.suite = suite.id
    self.epoch = epoch
    self.height = height
    self.view = view
    self.parent = parent
    self.timeMs = timeMs
    self.batchesRoot = Self.batchesRoot(batches, suite: suite)
    self.executed = executed
    self.validatorSet = validatorSet
    self.nextValidatorSet = nextValidatorSet
    var wire = WireBlockHeader()
    wire.format = 1
    wire.chainID = chainID.bytes.data
    wire.suite = UInt32(suite.id.rawValue)
    wire.epoch = epoch
    wire.height = height
    wire.view = view
    wire.parent = parent.bytes.data
    wire.timeMs = timeMs
    wire.batchesRoot = batchesRoot.bytes.data
    wire.executed.height = executed.height
    wire.executed.indexRoot = executed.indexRoot.bytes.data
    wire.executed.logRoot = executed.logRoot.bytes.data
    wire.executed.logSize = executed.logSize
    wire.validatorSet = validatorSet.bytes.data
    wire.nextValidatorSet = nextValidatorSet.bytes.data
    encoded = wire.encoded
    hash = suite.hash(.header, encoded)
  }

  /// Reads a header; its place in a chain is not checked.
  public init(decoding bytes: [UInt8], suite: any CryptoSuite) throws(ModelFault) {
    let wire: WireBlockHeader
    do {
      wire = try WireBlockHeader(strict: bytes, limit: Limits.headerBytes)
    } catch {
      throw .wire(error)
    }
    guard wire.format == 1 else {
      throw .invalid(
        field: "header.format", value: "\(wire.format)", remedy: "this version reads format 1")
    }
    guard wire.suite == UInt32(suite.id.rawValue) else {
      throw .invalid(
        field: "header.suite", value: "\(wire.suite)",
        remedy: "the chain's suite is \(suite.id.name)")
    }
    self.suite = suite.id
    chainID = try Digest(wire.chainID, field: "header.chain_id")
    epoch = wire.epoch
    height = wire.height
    view = wire.view
    parent = try Digest(wire.parent, field: "header.parent")
    timeMs = wire.timeMs
    batchesRoot = try Digest(wire.batchesRoot, field: "header.batches_root")
    executed = ExecutedState(
      height: wire.executed.height,
      indexRoot: try Digest(wire.executed.indexRoot, field: "header.executed.index_root"),
      logRoot: try Digest(wire.executed.logRoot, field: "header.executed.log_root"),
      logSize: wire.executed.logSize)
    validatorSet = try Digest(wire.validatorSet, field: "header.validator_set")
    nextValidatorSet = try Digest(wire.nextValidatorSet, field: "header.next_validator_set")
    encoded = bytes
    hash = suite.hash(.header, bytes)
  }

  /// Whether the next block belongs to the next epoch, and its validators vote on it.
  public var endsEpoch: Bool { nextValidatorSet != validatorSet }

  /// Commits to the batches of a block and their order.
  public static func batchesRoot(_ batches: [Digest], suite: any CryptoSuite) -> Digest {
    suite.hash(.batches, UInt32(batches.count).bigEndianBytes + batches.flatMap(\.bytes))
  }
}
