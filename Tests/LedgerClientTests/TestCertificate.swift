import Foundation

/// A certificate for localhost that signs itself, valid from 2000 to 2100; it protects nothing.
final class TestCertificate: Sendable {
  let chainPath: String
  let keyPath: String
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "yilian-\(UUID())")
    chainPath = folder.appending(path: "chain.pem").path
    keyPath = folder.appending(path: "key.pem").path
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Self.chain.write(toFile: chainPath, atomically: true, encoding: .utf8)
    try Self.key.write(toFile: keyPath, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static let chain = """
    -----BEGIN CERTIFICATE-----
    MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
    c3QwIBcNMDAwMTAxMDAwMDAwWhgPMjEwMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
    CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOtm3CiGzHnZrrFc
    1zG8Pe57iSxMumi1Ew2PeaCpFHhluLBCkUJ9oI61W6UzoUDjxGTVCOU0T6Lrej72
    +aI/u9yjTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
    BTADAQH/MB0GA1UdDgQWBBTpHj7nLP8dsKpkfcC3VRa5Z8xNiDAKBggqhkjOPQQD
    AgNIADBFAiEAj8GMN8QhVOheBxg8hy4vnzOuXUPOuKl4tQQsFELIGpYCIFX/0iqo
    ONr7bO+Q9DyhXC0H9KE7HOH9Lmkqx3DU0iAx
    -----END CERTIFICATE-----
    """

  private static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu4rRmsFgFGTlpw7l
    90Um8dedTnBvQ3WQwaQd6ogDnRChRANCAATrZtwohsx52a6xXNcxvD3ue4ksTLpo
    tRMNj3mgqRR4ZbiwQpFCfaCOtVulM6FA48Rk1QjlNE+i63o+9vmiP7vc
    -----END PRIVATE KEY-----
    """
}
