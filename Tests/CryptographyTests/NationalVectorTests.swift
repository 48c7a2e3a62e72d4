import CGcrypt
import Testing

@testable import Cryptography

/// The examples printed in the national standards and RFC 8998.
struct NationalVectorTests {
  private let suite = SMSuite()

  /// The key pair of GB/T 32918.5, annexes A and C.
  private static let secretScalar =
    "3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8"
  private static let publicPoint =
    "04 09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020"
    + "CCEA490C E26775A5 2DC6EA71 8CC1AA60 0AED05FB F35E084A 6632F607 2DA9AD13"

  @Test(
    "SM3 gives the digests of GB/T 32905, annex A",
    arguments: [
      ("abc", "66C7F0F4 62EEEDD9 D1F2D46B DC10E4E2 4167C487 5CF2F7A2 297DA02B 8F4BA8E0"),
      (
        String(repeating: "abcd", count: 16),
        "DEBE9FF9 2275B8A1 38604889 C18E5A4D 6FDB70E5 387E5765 293DCBA3 9C0C5732"
      ),
    ])
  func sm3(message: String, digest: String) throws {
    #expect(suite.hash(utf8(message).span).bytes == (try bytes(digest)))
  }

  @Test(
    "HMAC-SM3 gives the tags of GM/T 0042, annex D.3",
    arguments: [
      (
        "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
        utf8(
          String(
            repeating: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", count: 2)),
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
      ),
      (
        "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425",
        [UInt8](repeating: 0xcd, count: 50),
        "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"
      ),
    ])
  func hmacSM3(key: String, message: [UInt8], tag: String) throws {
    let found = suite.authenticate(message.span, key: try secret(key))
    #expect(found.hex == tag)
  }

  @Test("The host's SM4 encrypts the block of GB/T 32907, annex A")
  func sm4Block() throws {
    let block = try bytes("0123456789ABCDEF FEDCBA9876543210")
    var encrypted = [UInt8](repeating: 0, count: 16)
    var handle: gcry_cipher_hd_t?
    _ = Libraries.gcrypt
    #expect(
      gcry_cipher_open(
        &handle, Int32(GCRY_CIPHER_SM4.rawValue), Int32(GCRY_CIPHER_MODE_ECB.rawValue), 0) == 0)
    defer { gcry_cipher_close(handle) }
    #expect(gcry_cipher_setkey(handle, block, 16) == 0)
    #expect(gcry_cipher_encrypt(handle, &encrypted, 16, block, 16) == 0)
    #expect(encrypted == (try bytes("681EDF34D206965E 86B3E94F536E4246")))
  }

  @Test("SM4-GCM seals and opens the example of RFC 8998, appendix A.1")
  func sm4GCM() throws {
    let key = try secret("0123456789ABCDEFFEDCBA9876543210")
    let nonce = try bytes("00001234567800000000ABCD")
    let associated = try bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    let plaintext = try bytes(
      "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
        + "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA")
    let sealed = try bytes(
      "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        + "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        + "83DE3541E4C2B58177E065A9BF7B62EC")
    #expect(
      try suite.seal(plaintext.span, key: key, nonce: nonce, authenticating: associated.span)
        == sealed)
    let opened = try suite.open(
      sealed.span, key: key, nonce: nonce, authenticating: associated.span)
    #expect(opened.copyBytes() == plaintext)
  }

  @Test("The secret of GB/T 32918.5 has the printed public key")
  func sm2PublicKey() throws {
    let key = try suite.privateKey(try secret(Self.secretScalar), use: .signing)
    #expect(key.publicKey.encoded == (try bytes(Self.publicPoint)))
  }

  @Test("The signature printed in GB/T 32918.5, annex A is valid")
  func sm2Signature() throws {
    let key = try suite.publicKey(try bytes(Self.publicPoint), use: .signing)
    let signature = try #require(
      Signature(
        try bytes(
          "F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3"
            + "B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA")))
    #expect(suite.isValid(signature, of: utf8("message digest"), by: key))
    #expect(!suite.isValid(signature, of: utf8("message digesT"), by: key))
  }

  @Test("The ciphertext printed in GB/T 32918.5, annex C decrypts to its message")
  func sm2Decryption() throws {
    let key = try suite.privateKey(try secret(Self.secretScalar), use: .sealing)
    let wrapped = try bytes(
      "04 04EBFC71 8E8D1798 62043226 8E77FEB6 415E2EDE 0E073C0F 4F640ECD 2E149A73"
        + "E858F9D8 1E5430A5 7B36DAAB 8F950A3C 64E6EE6A 63094D99 283AFF76 7E124DF0"
        + "59983C18 F809E262 923C53AE C295D303 83B54E39 D609D160 AFCB1908 D0BD8766"
        + "21886CA9 89CA9C7D 58087307 CA93092D 651EFA")
    #expect(try suite.unwrap(wrapped, with: key).copyBytes() == utf8("encryption standard"))
  }

  @Test("Agreement with the base point of SM2 gives the public key's x-coordinate")
  func sm2Agreement() throws {
    let basePoint = try bytes(
      "04 32C4AE2C 1F198119 5F990446 6A39C994 8FE30BBF F2660BE1 715A4589 334C74C7"
        + "BC3736A2 F4F6779C 59BDCEE3 6B692153 D0A9877C C62A4740 02DF32E5 2139F0A0")
    let key = try suite.privateKey(try secret(Self.secretScalar), use: .sealing)
    let agreed = try suite.agree(key, with: try suite.publicKey(basePoint, use: .sealing))
    #expect(agreed.copyBytes() == Array(try bytes(Self.publicPoint)[1...32]))
  }

  @Test("SM2 secrets end at n - 2")
  func sm2SecretRange() throws {
    let order = "FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D5412"
    #expect(throws: Never.self) { try suite.privateKey(try secret(order + "1"), use: .signing) }
    for digit in ["2", "3", "4"] {
      #expect(throws: CryptographyFault.malformedPrivateKey) {
        try suite.privateKey(try secret(order + digit), use: .signing)
      }
    }
  }
}
