import Testing

@testable import Cryptography

/// The examples of RFC 8032, RFC 7748, RFC 4231, FIPS 180-4 and draft-irtf-cfrg-xchacha-03.
struct InternationalVectorTests {
  private let suite = IntlSuite()

  @Test("SHA-256 gives the digest of FIPS 180-4")
  func sha256() {
    #expect(
      suite.hash(utf8("abc").span).hex
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("HMAC-SHA-256 gives the tag of RFC 4231, case 1")
  func hmacSHA256() throws {
    let key = SecretBytes(copying: [UInt8](repeating: 0x0b, count: 20))
    #expect(
      suite.authenticate(utf8("Hi There").span, key: key).hex
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
  }

  struct EdwardsExample {
    let seed: String
    let publicKey: String
    let message: String
    let signature: String
  }

  @Test(
    "Ed25519 makes and accepts the signatures of RFC 8032, section 7.1",
    arguments: [
      EdwardsExample(
        seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        message: "",
        signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
          + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
      EdwardsExample(
        seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        message: "72",
        signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
      EdwardsExample(
        seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        message: "af82",
        signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
          + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ])
  func ed25519(example: EdwardsExample) throws {
    let key = try suite.privateKey(try secret(example.seed), use: .signing)
    #expect(key.publicKey.encoded.hex == example.publicKey)
    let message = try bytes(example.message)
    let signature = try suite.sign(message.span, with: key)
    #expect(signature.bytes.hex == example.signature)
    #expect(suite.isValid(signature, of: message, by: key.publicKey))
  }

  @Test("X25519 agrees on the secret of RFC 7748, section 6.1")
  func x25519() throws {
    let alice = try suite.privateKey(
      try secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
      use: .sealing)
    let bob = try suite.privateKey(
      try secret("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
      use: .sealing)
    #expect(
      alice.publicKey.encoded.hex
        == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    #expect(
      bob.publicKey.encoded.hex
        == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    let agreed = try secret("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    #expect(try suite.agree(alice, with: bob.publicKey) == agreed)
    #expect(try suite.agree(bob, with: alice.publicKey) == agreed)
  }

  @Test("XChaCha20-Poly1305 seals and opens the example of draft-irtf-cfrg-xchacha-03, A.3.1")
  func xchacha20Poly1305() throws {
    let key = SecretBytes(copying: [UInt8](0x80...0x9f))
    let nonce = [UInt8](0x40...0x57)
    let associated = try bytes("50515253c0c1c2c3c4c5c6c7")
    let plaintext = utf8(
      "Ladies and Gentlemen of the class of '99: If I could offer you "
        + "only one tip for the future, sunscreen would be it.")
    let sealed = try bytes(
      "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
        + "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
        + "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
        + "21f9664c97637da9768812f615c68b13b52e"
        + "c0875924c1c7987947deafd8780acf49")
    #expect(
      try suite.seal(plaintext.span, key: key, nonce: nonce, authenticating: associated.span)
        == sealed)
    let opened = try suite.open(
      sealed.span, key: key, nonce: nonce, authenticating: associated.span)
    #expect(opened.copyBytes() == plaintext)
  }

  @Test(
    "X25519 keys of small order or with a second encoding are refused",
    arguments: [
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      // p + 9, which names the base point, and the base point with a set first bit.
      "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0900000000000000000000000000000000000000000000000000000000000080",
    ])
  func badX25519Key(encoded: String) throws {
    #expect(throws: CryptographyFault.malformedPublicKey) {
      try suite.publicKey(try bytes(encoded), use: .sealing)
    }
  }

  @Test(
    "Ed25519 keys of small order or off the curve are refused",
    arguments: [
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0200000000000000000000000000000000000000000000000000000000000000",
    ])
  func badEd25519Key(encoded: String) throws {
    #expect(throws: CryptographyFault.malformedPublicKey) {
      try suite.publicKey(try bytes(encoded), use: .signing)
    }
  }
}
