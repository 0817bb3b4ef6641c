; The Windows setup: per person or per computer, silent with /S, into a folder of any name with /D=..., Chinese and English.
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
Name "快检 LIMS"
OutFile "${OUT}"
BrandingText "快检 LIMS ${VERSION}"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Kuaijian"
!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_MUI
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_INSTALLMODE_INSTDIR "Kuaijian"
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "${KEY}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "UninstallString"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "${KEY}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "InstallLocation"
!include MultiUser.nsh
!include MUI2.nsh
!include x64.nsh
!include WinVer.nsh

!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${TREE}/LICENSE.txt"
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\kuaijian-desktop.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

LangString Menu ${LANG_SIMPCHINESE} "快检实验室"
LangString Menu ${LANG_ENGLISH} "Kuaijian LIMS"
LangString Bundle ${LANG_SIMPCHINESE} "快检数据包"
LangString Bundle ${LANG_ENGLISH} "Kuaijian bundle"
LangString Running ${LANG_SIMPCHINESE} "快检正在运行，请先关闭，再重新安装。"
LangString Running ${LANG_ENGLISH} "Kuaijian is running. Close it, then install again."
LangString TooOld ${LANG_SIMPCHINESE} "需要 64 位的 Windows 10 或更新版本。"
LangString TooOld ${LANG_ENGLISH} "64-bit Windows 10 or later is needed."
LangString Kept ${LANG_SIMPCHINESE} "程序已删除。实验室的数据没有删除。"
LangString Kept ${LANG_ENGLISH} "The program is removed. The laboratories' data is kept."

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "ProductName" "快检 LIMS"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "FileDescription" "快检 LIMS"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "LegalCopyright" "Apache-2.0"

!macro Closed UN
Function ${UN}Closed
  IfFileExists "$INSTDIR\python\python311.dll" 0 done
  ClearErrors
  FileOpen $0 "$INSTDIR\python\python311.dll" a
  IfErrors 0 free
  MessageBox MB_OK|MB_ICONSTOP "$(Running)" /SD IDOK
  SetErrorLevel 3
  Quit
  free:
  FileClose $0
  done:
FunctionEnd
!macroend
!insertmacro Closed ""
!insertmacro Closed "un."

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "$(TooOld)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  SetRegView 64
  ; A folder given with /D is a person's word; the mode's own folder would overwrite it.
  StrCpy $R9 $INSTDIR
  !insertmacro MULTIUSER_INIT
  StrCmp $R9 "" +2
  StrCpy $INSTDIR $R9
FunctionEnd

Function un.onInit
  SetRegView 64
  !insertmacro MULTIUSER_UNINIT
FunctionEnd

; Only what the setup itself laid down; a folder that a person made beside it stays.
!macro RemoveProgram
  RMDir /r "$INSTDIR\python"
  RMDir /r "$INSTDIR\lib"
  RMDir /r "$INSTDIR\app"
  Delete "$INSTDIR\kuaijian.exe"
  Delete "$INSTDIR\kuaijian-desktop.exe"
  Delete "$INSTDIR\kuaijian-smoke.exe"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\SHA256SUMS"
!macroend

Section
  Call Closed
  !insertmacro RemoveProgram
  SetOutPath "$INSTDIR"
  File /r "${TREE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\$(Menu).lnk" "$INSTDIR\kuaijian-desktop.exe"
  CreateShortcut "$DESKTOP\$(Menu).lnk" "$INSTDIR\kuaijian-desktop.exe"
  WriteRegStr SHCTX "Software\Classes\.kjbundle" "" "Kuaijian.Bundle"
  WriteRegStr SHCTX "Software\Classes\Kuaijian.Bundle" "" "$(Bundle)"
  WriteRegStr SHCTX "Software\Classes\Kuaijian.Bundle\shell\open\command" "" '"$INSTDIR\kuaijian-desktop.exe" "%1"'
  WriteRegStr SHCTX "${KEY}" "DisplayName" "快检 LIMS"
  WriteRegStr SHCTX "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${KEY}" "DisplayIcon" "$INSTDIR\kuaijian-desktop.exe"
  WriteRegStr SHCTX "${KEY}" "Publisher" "Kuaijian"
  WriteRegStr SHCTX "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
  WriteRegStr SHCTX "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode /S'
  WriteRegDWORD SHCTX "${KEY}" "EstimatedSize" ${SIZE}
  WriteRegDWORD SHCTX "${KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${KEY}" "NoRepair" 1
SectionEnd

Section Uninstall
  Call un.Closed
  !insertmacro RemoveProgram
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\快检实验室.lnk"
  Delete "$SMPROGRAMS\Kuaijian LIMS.lnk"
  Delete "$DESKTOP\快检实验室.lnk"
  Delete "$DESKTOP\Kuaijian LIMS.lnk"
  DeleteRegKey SHCTX "Software\Classes\.kjbundle"
  DeleteRegKey SHCTX "Software\Classes\Kuaijian.Bundle"
  DeleteRegKey SHCTX "${KEY}"
  MessageBox MB_OK "$(Kept)" /SD IDOK
SectionEnd
