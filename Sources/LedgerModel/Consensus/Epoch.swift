public import Cryptography

/// The period of office of one validator set.
public struct Epoch: Sendable {
  public let number: UInt64
  public let validators: ValidatorSet
  /// What its headers name as their validator set.
  public let hash: Digest
  /// Height of the last block of the epoch before; 0 for the first epoch.
  public let after: UInt64

  public init(number: UInt64, validators: ValidatorSet, after: UInt64, suite: any CryptoSuite) {
    self.number = number
    self.validators = validators
    self.after = after
    hash = validators.hash(epoch: number, suite: suite)
  }

  /// The epoch in which a chain begins.
  public init(first genesis: Genesis) {
    self.init(number: 0, validators: genesis.validators, after: 0, suite: genesis.suite)
  }

  /// Whether a header is of this epoch.
  public func holds(_ header: BlockHeader) -> Bool {
    header.epoch == number && header.validatorSet == hash && header.height > after
  }

  /// Checks that a quorum of this epoch finalised the header.
  ///
  /// The view is the header's. An epoch's last block alone may be proposed again in later views
  /// until it is final, so its certificate may be of a later one.
  /// - Throws: `FinalityFault` for the first thing that is wrong; signatures are checked last.
  /// - Source: docs/spec/05-proofs.md, rule P1.
  public func verify(
    _ certificate: Certificate, for header: BlockHeader, suite: any CryptoSuite
  ) throws(FinalityFault) {
    guard holds(header) else { throw .otherEpoch }
    try certificate.checkSubject(header)
    do {
      try certificate.verify(by: validators, chainID: header.chainID, suite: suite)
    } catch {
      throw .notSigned(error)
    }
  }
}

extension Certificate {
  /// Checks that the certificate is about this header's finality; signatures are not checked.
  public func checkSubject(_ header: BlockHeader) throws(FinalityFault) {
    guard subject.kind == .finalize, subject.block == header.hash else { throw .otherHeader }
    guard subject.epoch == header.epoch,
      subject.view == header.view || (header.endsEpoch && subject.view > header.view)
    else { throw .otherView }
  }
}

/// Why a certificate does not finalise a header.
public enum FinalityFault: Error, Hashable, Sendable {
  /// The header is of another epoch.
  case otherEpoch
  case otherHeader
  case otherView
  case notSigned(CertificateFault)
}

extension FinalityFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .otherEpoch: "the header is of another epoch"
    case .otherHeader: "the certificate is for another header"
    case .otherView: "the certificate is for another view"
    case .notSigned(let fault): "\(fault)"
    }
  }
}
