// The notice a shopper is shown before the phone number is taken at a till (PIPL art. 13, 17). The
// server sends the chain's own text; this one is used until it did, so that a till that has never
// been online can register a member honestly.

/** Changes whenever the text does: the pair is kept as evidence of what was shown. */
export const REGISTRATION_NOTICE = {
  policyVersion: '2025-01',
  text:
    '登记手机号即成为会员。我们用它识别您的会员身份、记录消费和积分，并在您下次到店时查到您。' +
    '手机号加密保存，仅本店所属商家使用；未经您另行同意，不会用来发送营销短信或拨打推销电话。' +
    '您可以随时请店员或在小程序里查询、更正、注销。不登记也可正常购物。',
} as const
