import Testing

@testable import Cryptography

/// The examples of RFC 6979, NIST's ECDH and GCM vectors, and RFC 5869.
struct NISTVectorTests {
  private let suite = NISTSuite()

  @Test("The signature of RFC 6979, A.2.5 over \"sample\" is valid")
  func ecdsa() throws {
    let key = try suite.privateKey(
      try secret("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"),
      use: .signing)
    #expect(
      key.publicKey.encoded.hex
        == "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
    let signature = try #require(
      Signature(
        try bytes(
          "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
            + "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8")))
    #expect(suite.isValid(signature, of: utf8("sample"), by: key.publicKey))
    #expect(!suite.isValid(signature, of: utf8("simple"), by: key.publicKey))
  }

  @Test("ECDH over P-256 gives the secret of NIST's first vector")
  func ecdh() throws {
    let key = try suite.privateKey(
      try secret("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534"),
      use: .sealing)
    let peer = try suite.publicKey(
      try bytes(
        "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
          + "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"),
      use: .sealing)
    #expect(
      try suite.agree(key, with: peer).copyBytes().hex
        == "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b")
  }

  @Test("AES-256-GCM seals and opens test case 16 of the GCM specification")
  func aesGCM() throws {
    let key = try secret("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
    let nonce = try bytes("cafebabefacedbaddecaf888")
    let associated = try bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    let plaintext = try bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
    let sealed = try bytes(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        + "76fc6ece0f4e1768cddf8853bb2d551b")
    #expect(
      try suite.seal(plaintext.span, key: key, nonce: nonce, authenticating: associated.span)
        == sealed)
    let opened = try suite.open(
      sealed.span, key: key, nonce: nonce, authenticating: associated.span)
    #expect(opened.copyBytes() == plaintext)
  }

  @Test("HKDF-SHA-256 gives the output of RFC 5869, case 3")
  func hkdf() throws {
    let secret = SecretBytes(copying: [UInt8](repeating: 0x0b, count: 22))
    #expect(
      try KeyDerivation().derive(42, from: secret, info: []).copyBytes().hex
        == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
  }

  @Test("P-256 secrets end at n - 1")
  func secretRange() throws {
    let order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC63255"
    #expect(throws: Never.self) { try suite.privateKey(try secret(order + "0"), use: .signing) }
    for digit in ["1", "2"] {
      #expect(throws: CryptographyFault.malformedPrivateKey) {
        try suite.privateKey(try secret(order + digit), use: .signing)
      }
    }
  }
}
