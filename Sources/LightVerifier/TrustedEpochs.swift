public import Cryptography
public import LedgerModel
public import Wire

/// The epochs that links lead to from one that is trusted already, each proven by the one before.
public struct TrustedEpochs: Sendable {
  let chainID: Digest
  let suite: any CryptoSuite
  /// Number of the epoch that is trusted without a link.
  private let first: UInt64
  /// In order, the first included.
  private var epochs: [Epoch]
  /// In order of the epochs that ended: the hash of each one's last header.
  private var lastHeaders: [Digest] = []

  /// Begins with the first epoch of the chain.
  public init(genesis: Genesis) {
    self.init(chainID: genesis.chainID, suite: genesis.suite, from: Epoch(first: genesis))
  }

  /// Begins with an epoch that is trusted already, such as one that a joint decision names.
  public init(chainID: Digest, suite: any CryptoSuite, from epoch: Epoch) {
    self.chainID = chainID
    self.suite = suite
    first = epoch.number
    epochs = [epoch]
  }

  /// Number of the newest epoch.
  public var newest: UInt64 { first + UInt64(epochs.count) - 1 }

  /// An epoch that was proven.
  public subscript(number: UInt64) -> Epoch? {
    first...newest ~= number ? epochs[Int(number - first)] : nil
  }

  /// P10. Goes on to the next epoch. A link that was followed before changes nothing.
  /// - Returns: Number of the epoch that ends.
  /// - Throws: `ProofFault.brokenLink`, naming the epoch that should end, and why it does not.
  @discardableResult
  public mutating func follow(_ wire: WireEpochLink) throws(ProofFault) -> UInt64 {
    let link: EpochLink
    do {
      link = try EpochLink(wire, suite: suite)
    } catch {
      throw .malformed(error)
    }
    let header = link.last.header
    guard header.chainID == chainID else {
      throw .otherChain(expected: chainID.hex, found: header.chainID.hex)
    }
    guard let epoch = self[header.epoch] else {
      throw .brokenLink(epoch: header.epoch, reason: "no link leads to this epoch")
    }
    func broken(_ reason: String) -> ProofFault { .brokenLink(epoch: epoch.number, reason: reason) }
    guard header.endsEpoch else { throw broken("the header is not its last") }
    let next = Epoch(
      number: epoch.number + 1, validators: link.validators, after: header.height, suite: suite)
    guard header.nextValidatorSet == next.hash else {
      throw broken("the header commits to other validators")
    }
    guard epoch.number == newest else {
      guard lastHeaders[Int(epoch.number - first)] == header.hash else {
        throw broken("another header was its last")
      }
      return epoch.number
    }
    guard let certificate = link.last.finalization else { throw broken("no certificate") }
    do {
      try epoch.verify(certificate, for: header, suite: suite)
    } catch {
      throw broken("\(error)")
    }
    epochs.append(next)
    lastHeaders.append(header.hash)
    return epoch.number
  }

  /// The epoch of a header, which must be in its bounds.
  func epoch(of header: BlockHeader) throws(ProofFault) -> Epoch {
    guard let epoch = self[header.epoch] else {
      throw .unknownEpoch(header.epoch, newest: newest)
    }
    guard header.validatorSet == epoch.hash else { throw .otherValidators }
    guard header.height > epoch.after else {
      throw .contradiction(field: "height", value: "\(header.height)")
    }
    if let next = self[header.epoch + 1] {
      guard header.height <= next.after else {
        throw .contradiction(field: "height", value: "\(header.height)")
      }
      guard header.endsEpoch == (header.height == next.after),
        !header.endsEpoch || header.hash == lastHeaders[Int(epoch.number - first)]
      else {
        throw .contradiction(field: "next_validator_set", value: "\(header.nextValidatorSet)")
      }
    }
    return epoch
  }
}
