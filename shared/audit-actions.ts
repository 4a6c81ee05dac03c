// What is written down of staff, in words. An action that is not here yet is shown as it is kept.

const WORDS: Readonly<Record<string, string>> = {
  'session.started': '登录',
  'session.ended': '退出登录',
  'session.locked': '多次登录失败',
  'staff.created': '添加员工',
  'staff.changed': '修改员工',
  'staff.password_changed': '修改自己的密码',
  'staff.customers_moved': '移交停用员工的客户',
  'staff.factor_set': '启用动态口令',
  'staff.factor_removed': '关闭动态口令',
  'staff.factor_reset': '重置别人的动态口令',
  'staff.codes_renewed': '重新生成恢复码',
  'store.created': '新建门店',
  'store.renamed': '修改店名',
  'terminal.code_issued': '生成登记码',
  'terminal.revoked': '停用收银台',
  'parked.settled': '处理待核对的记录',
  'member.phone_viewed': '查看完整手机号',
  'member.merged': '合并会员',
  'member.unmerged': '撤销合并',
  'pair.rejected': '判断不是同一人',
  'pair.reopened': '重新判断是不是同一人',
  'member.owner_changed': '修改会员的归属员工',
  'members.exported': '导出会员',
  'members.export_fetched': '下载会员文件',
  'member.number_released': '手机号转给新会员',
  'member.deletion_asked': '为会员申请注销',
  'member.deletion_taken_back': '撤回会员的注销',
  'import.uploaded': '上传导入文件',
  'import.checked': '检查导入文件',
  'import.started': '开始导入',
  'import.cancelled': '放弃导入',
  'import.rejected_fetched': '下载未导入的行',
  'import.template_saved': '保存导入模板',
  'campaign.started': '发起活动',
  'campaign.cancelled': '停止活动',
  'settings.messages_changed': '修改消息设置',
  'settings.security_changed': '修改登录设置',
  'points.rule_published': '发布积分规则',
  'points.check_begun': '核对积分账',
  'points.trial_begun': '试算积分规则',
  'settings.points_changed': '修改积分抵现与退款的设置',
  'levels.scheme_published': '发布等级方案',
  'points.rule_withdrawn': '撤回积分规则',
  'points.activities_published': '发布积分活动',
  'points.activities_withdrawn': '撤回积分活动',
  'settings.duplicates_changed': '修改重复会员的设置',
  'settings.quality_changed': '修改数据质量的标准',
  'settings.privacy_changed': '修改隐私设置',
  'settings.resolution_changed': '修改会员识别的规则',
  'settings.retention_changed': '修改保留期限',
  'audit.exported': '导出操作日志',
  'audit.export_fetched': '下载操作日志',
}

/** The actions to choose from. */
export const AUDIT_ACTIONS: readonly string[] = Object.keys(WORDS)

/** An action in words. */
export function auditActionWords(action: string): string {
  return WORDS[action] ?? action
}
