internal import CGcrypt
internal import CSodium

/// One-time preparation of the C libraries; Swift runs the initializer of a static value once,
/// whichever thread comes first.
///
/// A host without these libraries cannot run the program at all, so failure is not an error value.
enum Libraries {
  /// Touch before any call to libgcrypt. SM4 and fast SM3 need 1.10.
  static let gcrypt: Void = {
    precondition(gcry_check_version("1.10.0") != nil, "libgcrypt 1.10 or later is required")
    cgcrypt_finish_initialization()
  }()

  /// Touch before any call to libsodium.
  static let sodium: Void = {
    precondition(sodium_init() >= 0, "libsodium cannot be initialised")
  }()
}
