import Testing

@testable import Cryptography

/// Bytes written once by each format and read ever after.
struct GoldenTests {
  /// The secret of GB/T 32918.5, which is in the range of every suite.
  private static let scalar = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"

  @Test("A secret that was wrapped then unwraps now", arguments: SuiteID.allCases)
  func wrapped(id: SuiteID) throws {
    let key = try id.suite.privateKey(try secret(Self.scalar), use: .sealing)
    let unwrapped = try id.suite.unwrap(try bytes(Self.wrapped(id)), with: key)
    #expect(unwrapped.copyBytes() == [UInt8](0..<16))
  }

  @Test("A key file that was written then opens now", arguments: SuiteID.allCases)
  func keyFile(id: SuiteID) throws {
    let passphrase = SecretBytes(copying: utf8("golden"))
    let file = try KeyFile.decode(Self.keyFile(id), passphrase: passphrase)
    #expect(file.identity.name == "市第一医院")
    #expect(file.identity.suite == id)
    #expect(file.signing.secret == (try secret(Self.scalar)))
    #expect(file.sealing.secret == (try secret(Self.scalar)))
  }

  private static func wrapped(_ id: SuiteID) -> String {
    switch id {
    case .sm:
      "04afcf9197f24283b8f49447ca2fee209df57d3bb595946d56c512de45cfe73d"
        + "d6a346b44b40c4f3fe63800c8479869ddd919dbf63ddad46c44ec4ee2b63491f"
        + "86f2324dd3d30f2169fa538577ba043470df1f72077ac589b646124a3d775ceb"
        + "f5024c6db8ab4616c66948830cac7f08b8"
    case .intl:
      "f03dfd5c075fa7951bbb66419a9321c6ff9f5463f1669bcdb3ef1b08cab58d1e"
        + "4d6a7872b57dacebb0be2dbec4325c69aefab8ac7b4f91c303c0950e35a8706d"
    case .nist:
      "044979e2c0474fe40270556899a364ef6881d694744e22cb9d88a70bb66dab55"
        + "b7641750e0bb21133024e95352003ccee647c88fa79863386c9e97af423170e9"
        + "d42ddd4349593da85dbeecc366caf7197df68ad8186f1ea02d45a27c4373ef68"
        + "ef"
    }
  }

  private static func keyFile(_ id: SuiteID) -> String {
    switch id {
    case .sm:
      """
      yilian-key-file: 1
      suite: sm
      name: 市第一医院
      signing-key: 0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea4\
      90ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13
      sealing-key: 0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea4\
      90ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13
      kdf: argon2id
      kdf-operations: 1
      kdf-memory-bytes: 8192
      salt: 1d042003002b4b8a5860c3e18cb61c92
      nonce: 4d7a49d16a2e57a13097f0acc31f041dcb87a4b0c2e919dc
      ciphertext: 912a6ef9d0da3d37e0a81301a1d4f1752e9e9e605495e59e03db8f13924fe24371eb0a68\
      abd0277a3034080df4b8c9490924dadd8043af09db9e557580b821b3b2f5ee0dd8ec80cdb7eaac912fe3\
      4ddf

      """
    case .intl:
      """
      yilian-key-file: 1
      suite: intl
      name: 市第一医院
      signing-key: 8f8adaf95a3b0a39f4b4c3cdc7a095b33b9096f1c1a0cdf1a4bac77ce391e924
      sealing-key: 55a0691c307090d685c0d3bdf45b55b9a25886a0ac80d56c64f8525f10a67f42
      kdf: argon2id
      kdf-operations: 1
      kdf-memory-bytes: 8192
      salt: cff93599db7cecf8ba02c9763e042eb7
      nonce: 7971516dbb1f4016caa5c19248549804424b9485c861baa4
      ciphertext: af50d8e7628b1a7fb69b7e0ef3e9369d979560d6bd48cdc6026d5bcb922a502db858ca22\
      8ae86d23c651d5778714aa6f2af4d270a4029a569b0bb88e23f39deabd0d3e335629aad32b8ad07bacac\
      1b89

      """
    case .nist:
      """
      yilian-key-file: 1
      suite: nist
      name: 市第一医院
      signing-key: 045bdde352eaedf5dcdd22590c240d01598cc41349abe432f5932c9ca0b311f3e6dc795\
      473b51e84937a465d56d8763e6c5a5d5b334e56cf81db9f46178bb67e54
      sealing-key: 045bdde352eaedf5dcdd22590c240d01598cc41349abe432f5932c9ca0b311f3e6dc795\
      473b51e84937a465d56d8763e6c5a5d5b334e56cf81db9f46178bb67e54
      kdf: argon2id
      kdf-operations: 1
      kdf-memory-bytes: 8192
      salt: 88f1143ee2bae5fd8cde1957ca780323
      nonce: 4ad001b1725b48a0eab549b66a09f1192339baa61b5d7223
      ciphertext: d0c8b886a459513e3dca2ec9f786a0a43e1cd175cb17340e850757c0987b1c025de6245a\
      a61b40682179521efb50b735bc263e00515a8539998e0a0a31958b8817fd20cb52dd5ace0aa3ffd35463\
      5f00

      """
    }
  }
}
