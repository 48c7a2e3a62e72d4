public import Cryptography
public import LedgerModel
public import LightVerifier
public import SwiftProtobuf
public import Wire

// Other chains: what this one trusts and exchanges with them, proven.

extension RemoteLedger {
  /// The asset's value now as the message that it is, or `nil` if it is proven not to exist.
  public func message<M: Message>(
    _ type: M.Type, of asset: AssetID
  ) async throws(LedgerClientFault) -> (message: M?, answer: ProvenAnswer<ProvenValue>) {
    let answer = try await value(of: asset)
    guard let value = answer.fact else { return (nil, answer) }
    do {
      return (try M(strict: value.value, limit: Limits.valueBytes), answer)
    } catch {
      throw .notProven(.malformed(.wire(error)))
    }
  }

  /// The values of several assets as messages, in order; `nil`: proven not to exist.
  public func messages<M: Message>(
    _ type: M.Type, of assets: [AssetID]
  ) async throws(LedgerClientFault) -> [M?] {
    var messages: [M?] = []
    while messages.count < assets.count {
      let next = assets[messages.count...].prefix(Self.assetsAtOnce)
      for value in try await values(of: Array(next)).values {
        guard let value else {
          messages.append(nil)
          continue
        }
        do {
          messages.append(try M(strict: value.value, limit: Limits.valueBytes))
        } catch {
          throw .notProven(.malformed(.wire(error)))
        }
      }
    }
    return messages
  }

  /// Most assets that one question is about.
  private static let assetsAtOnce = 1_024

  /// What this chain was decided to believe of another.
  public func trustedChain(
    _ id: Digest
  ) async throws(LedgerClientFault) -> (
    record: WireChainRecord?, answer: ProvenAnswer<ProvenValue>
  ) {
    let (record, answer) = try await message(WireChainRecord.self, of: TrustedChain.asset(id.bytes))
    return (record, answer)
  }

  /// The terms of a channel.
  public func terms(
    _ channel: String
  ) async throws(LedgerClientFault) -> (
    terms: WireChannelRecord?, answer: ProvenAnswer<ProvenValue>
  ) {
    let (terms, answer) = try await message(WireChannelRecord.self, of: Channel.asset(channel))
    return (terms, answer)
  }

  /// From where on another chain can believe this one, proven: the epoch and height of the newest
  /// header, or of the one at `height`. Revision and trusting period are the other chain's to add.
  public func anchor(at height: UInt64? = nil) async throws(LedgerClientFault) -> WireChainRecord {
    var record = WireChainRecord(first: genesis)
    guard let header = try await header(at: height) else { return record }
    record.epoch = header.endsEpoch ? header.epoch + 1 : header.epoch
    record.after = header.height
    record.timeMs = header.timeMs
    record.validators = try await epoch(record.epoch).validators.records
    return record
  }

  /// - Returns: `nil` for height 0, or before the first block.
  private func header(at height: UInt64?) async throws(LedgerClientFault) -> BlockHeader? {
    guard let height else { return try await newestHeader() }
    return height == 0 ? nil : try await provenHeader(at: height)
  }
}

extension WireChainRecord {
  /// From where on another chain can believe one of which nothing but the genesis document is
  /// known.
  public init(first genesis: Genesis) {
    self.init()
    chainID = genesis.chainID.bytes.data
    name = genesis.name
    suite = genesis.suiteID.name
    headerFormat = TrustedChain.headerFormat
    timeMs = genesis.timeMs
    validators = genesis.validators.records
  }
}

extension RemoteLedger {
  /// The receipt at a position of the operation log, proven.
  public func receipt(at position: UInt64) async throws(LedgerClientFault) -> Receipt {
    let wanted = seenHeight
    let bundle = try await asking { () async throws(ClientFault) in
      try await connection.logRecord(at: position)
    }
    let facts = try checked(bundle, atLeast: wanted).facts
    guard case .receipt(let receipt, position)? = facts.first else {
      throw .notProven(
        .otherAnswer(expected: "receipt at \(position)", found: "something else"))
    }
    return receipt
  }
}
