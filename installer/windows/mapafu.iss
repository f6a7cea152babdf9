; Inno Setup 6: the installer for Windows. Build the folder first (python -m installer build --folder-only), then
;   iscc /DVersion=0.1.0 installer\windows\mapafu.iss
#ifndef Version
  #error Name the version: iscc /DVersion=...
#endif

[Setup]
AppId={{6B0C6E0B-5F0E-4C57-9A3E-2B7B3D1A54C8}
AppName=Mapafu
AppVersion={#Version}
AppVerName=Mapafu {#Version}
AppPublisher=The Mapafu project
AppComments=For research, teaching and second looks under local responsibility. Not cleared as a medical device anywhere.
DefaultDirName={autopf}\Mapafu
DefaultGroupName=Mapafu
DisableProgramGroupPage=yes
; Whoever may not install for everybody installs for themselves.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
InfoBeforeFile=..\purpose.txt
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\dist\work\build\mapafu.ico
UninstallDisplayIcon={app}\mapafu.exe
OutputDir=..\..\dist
OutputBaseFilename=mapafu-{#Version}-windows-x64
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"
Name: "pt"; MessagesFile: "compiler:Languages\Portuguese.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Files]
Source: "..\..\dist\mapafu\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[InstallDelete]
; Libraries of an older version must not lie beside those of this one.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{autoprograms}\Mapafu"; Filename: "{app}\mapafu.exe"
Name: "{autodesktop}\Mapafu"; Filename: "{app}\mapafu.exe"; Tasks: desktopicon

[Run]
Filename: "{app}\mapafu.exe"; Description: "{cm:LaunchProgram,Mapafu}"; Flags: nowait postinstall skipifsilent

; The user's results lie in %LOCALAPPDATA%\mapafu and stay when the program goes.
