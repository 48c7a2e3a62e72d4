public import Cryptography

/// One validator's signature over a subject.
public struct Vote: Hashable, Sendable {
  /// What is signed.
  public let subject: VoteSubject
  /// Index of the validator in its set.
  public let signer: Int
  /// The signature over the subject's `signingBytes`.
  public let signature: Signature

  /// Checks nothing; see `isValid`.
  public init(subject: VoteSubject, signer: Int, signature: Signature) {
    self.subject = subject
    self.signer = signer
    self.signature = signature
  }

  /// Whether the signer is in `set` and signed this subject for this chain.
  public func isValid(in set: ValidatorSet, chainID: Digest, suite: any CryptoSuite) -> Bool {
    guard set.validators.indices.contains(signer) else { return false }
    return isValid(under: set.validators[signer].publicKey, chainID: chainID, suite: suite)
  }

  /// Whether the holder of `key` signed this subject for this chain.
  public func isValid(under key: PublicKey, chainID: Digest, suite: any CryptoSuite) -> Bool {
    suite.isValid(signature, of: subject.signingBytes(chainID: chainID).span, by: key)
  }
}
