public import Cryptography

/// A quorum's signatures over one subject: a notarization, nullification or finalization.
///
/// A value of this type has well-formed signers; that they are a quorum and signed is known only
/// after `verify`.
public struct Certificate: Hashable, Sendable {
  /// What all signers signed.
  public let subject: VoteSubject
  /// Indexes in the validator set, strictly ascending.
  public let signers: [Int]
  /// The signers' signatures, in their order.
  public let signatures: [Signature]

  /// - Throws: `countsDiffer`, `signerOutOfRange`, or `signersNotAscending`, which also refuses a
  ///   signer that occurs twice.
  public init(
    subject: VoteSubject, signers: [Int], signatures: [Signature]
  ) throws(CertificateFault) {
    guard signers.count == signatures.count else {
      throw .countsDiffer(signers: signers.count, signatures: signatures.count)
    }
    for (position, signer) in signers.enumerated() {
      guard 0..<Committee.countMax ~= signer else { throw .signerOutOfRange(signer) }
      guard position == 0 || signers[position - 1] < signer else {
        throw .signersNotAscending(position: position)
      }
    }
    self.subject = subject
    self.signers = signers
    self.signatures = signatures
  }

  /// Reads the form with a map of signers that `signerMap` writes.
  /// - Throws: `countsDiffer`, or `signerOutOfRange` if bit 31 is set.
  public init(
    subject: VoteSubject, signerMap: UInt32, signatures: [Signature]
  ) throws(CertificateFault) {
    let signers = (0..<UInt32.bitWidth).filter { signerMap >> UInt32($0) & 1 == 1 }
    try self.init(subject: subject, signers: signers, signatures: signatures)
  }

  /// Bit `i` is set if validator `i` signed.
  public var signerMap: UInt32 { signers.reduce(0) { $0 | 1 << UInt32($1) } }

  /// Checks that a quorum of `set` signed the subject for this chain.
  ///
  /// The caller compares the subject's epoch with the epoch in which `set` holds office.
  /// - Parameter isKnown: Whether a vote's signature was found good before.
  /// - Throws: `signerOutOfRange`, `belowQuorum` before any signature is checked, then
  ///   `badSignature` for the first that is wrong.
  public func verify(
    by set: ValidatorSet, chainID: Digest, suite: any CryptoSuite,
    isKnown: (Vote) -> Bool = { _ in false }
  ) throws(CertificateFault) {
    if let last = signers.last, last >= set.committee.count { throw .signerOutOfRange(last) }
    guard signers.count >= set.committee.quorum else {
      throw .belowQuorum(found: signers.count, needed: set.committee.quorum)
    }
    let message = subject.signingBytes(chainID: chainID)
    for (signer, signature) in zip(signers, signatures) {
      if isKnown(Vote(subject: subject, signer: signer, signature: signature)) { continue }
      guard suite.isValid(signature, of: message.span, by: set.validators[signer].publicKey)
      else { throw .badSignature(signer: signer) }
    }
  }
}

/// Why a certificate does not certify.
public enum CertificateFault: Error, Hashable, Sendable {
  case countsDiffer(signers: Int, signatures: Int)
  /// The signer at `position` is not above the one before: unsorted or repeated.
  case signersNotAscending(position: Int)
  /// There is no validator of that index.
  case signerOutOfRange(Int)
  case belowQuorum(found: Int, needed: Int)
  /// The signature is not that validator's over the subject.
  case badSignature(signer: Int)
}
